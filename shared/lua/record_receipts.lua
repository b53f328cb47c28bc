-- Records that the partner accepted, before anything else is done with the answer: a redelivery does not send it again.
-- KEYS  1 inflight  2 receipts
-- ARGV  for each entry, 1,000 at most: id, row key, receipt (JSON)
-- Returns how many were recorded; an entry that is settled or given back by now gets none.
local keys, found = {}, {}
for i = 1, #ARGV, 3 do keys[#keys + 1] = ARGV[i + 1] end
if #keys == 0 then return 0 end
for n, id in ipairs(redis.call("HMGET", KEYS[1], unpack(keys))) do
  local i = 1 + (n - 1) * 3
  if id == ARGV[i] then
    found[#found + 1] = id
    found[#found + 1] = ARGV[i + 2]
  end
end
if #found > 0 then redis.call("HSET", KEYS[2], unpack(found)) end
return #found / 2
