-- Finds inflight records whose entry no longer exists (trimmed or deleted by hand), and removes them, with what receipt there
-- is, when told to.
-- KEYS  1 stream  2 inflight  3 receipts
-- ARGV  1 "remove" or "look"  then for each record: row key, entry id
-- Returns the row keys of such records.
local stream, inflight, receipts = KEYS[1], KEYS[2], KEYS[3]
local orphans = {}
for i = 2, #ARGV, 2 do
  local key, id = ARGV[i], ARGV[i + 1]
  if redis.call("HGET", inflight, key) == id and #redis.call("XRANGE", stream, id, id) == 0 then
    if ARGV[1] == "remove" then
      redis.call("HDEL", inflight, key)
      redis.call("HDEL", receipts, id)
    end
    orphans[#orphans + 1] = key
  end
end
return orphans
