-- Ends entries whose result is written back. Step "settle", the last one.
-- KEYS  1 stream  2 inflight  3 settled  4 receipts
-- ARGV  1 group  2 how long `settled` remembers (ms)  then for each entry: id, row key
-- Returns how many entries there were. Effects: acknowledged, deleted, gone from inflight and receipts; remembered in
-- settled even when the entry is gone already (FLUSHALL), since a scan may hold the row as it was before.
local stream, inflight, settled, receipts = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local group, keep = ARGV[1], tonumber(ARGV[2])
local time = redis.call("TIME")
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local ended = 0
for i = 3, #ARGV, 2 do
  local id, key = ARGV[i], ARGV[i + 1]
  redis.call("XACK", stream, group, id)
  ended = ended + redis.call("XDEL", stream, id)
  redis.call("HDEL", receipts, id)
  if redis.call("HGET", inflight, key) == id then redis.call("HDEL", inflight, key) end
  redis.call("ZADD", settled, now, key)
end
redis.call("ZREMRANGEBYSCORE", settled, "-inf", now - keep)
return ended
