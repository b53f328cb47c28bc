-- Records that the partner accepted, before anything else is done with the answer: a redelivery does not send it again.
-- KEYS  1 inflight  2 receipts
-- ARGV  for each entry: id, row key, receipt (JSON)
-- Returns how many were recorded; an entry that is settled or given back by now gets none.
local recorded = 0
for i = 1, #ARGV, 3 do
  if redis.call("HGET", KEYS[1], ARGV[i + 1]) == ARGV[i] then
    redis.call("HSET", KEYS[2], ARGV[i], ARGV[i + 2])
    recorded = recorded + 1
  end
end
return recorded
