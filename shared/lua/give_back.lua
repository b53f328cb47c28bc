-- Takes entries out of the stream without a result: the row stays as it is, and a later scan finds it again.
-- KEYS  1 stream  2 inflight  3 settled  4 receipts
-- ARGV  1 group  then for each entry: id, row key
-- Returns how many entries there were. Effects: as settle.lua. Remembered in settled, so that a renewal of the lease that was on
-- its way (renew.lua) does not take the missing record for one that a FLUSHALL took; scans that begin from now on find the row.
local stream, inflight, settled, receipts = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local time = redis.call("TIME")
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local given = 0
for i = 2, #ARGV, 2 do
  local id, key = ARGV[i], ARGV[i + 1]
  redis.call("XACK", stream, ARGV[1], id)
  given = given + redis.call("XDEL", stream, id)
  redis.call("HDEL", receipts, id)
  if redis.call("HGET", inflight, key) == id then redis.call("HDEL", inflight, key) end
  redis.call("ZADD", settled, now, key)
end
return given
