-- Takes entries out of the stream without a result: the row stays as it is, and a later scan finds it again.
-- KEYS  1 stream  2 inflight  3 receipts
-- ARGV  1 group  then for each entry: id, row key
-- Returns how many entries there were.
local stream, inflight, receipts = KEYS[1], KEYS[2], KEYS[3]
local given = 0
for i = 2, #ARGV, 2 do
  local id, key = ARGV[i], ARGV[i + 1]
  redis.call("XACK", stream, ARGV[1], id)
  given = given + redis.call("XDEL", stream, id)
  redis.call("HDEL", receipts, id)
  if redis.call("HGET", inflight, key) == id then redis.call("HDEL", inflight, key) end
end
return given
