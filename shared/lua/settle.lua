-- Ends entries whose result is written back. Step "settle", the last one.
-- KEYS  1 stream  2 inflight  3 settled  4 receipts
-- ARGV  1 group  2 how long `settled` remembers (ms), at most  then for each entry, 1,000 at most: id, row key
-- Returns how many entries there were. Effects: acknowledged, deleted, gone from inflight and receipts; remembered in
-- settled even when the entry is gone already (FLUSHALL), since a scan may hold the row as it was before.
local stream, inflight, settled, receipts = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local group, keep = ARGV[1], tonumber(ARGV[2])
local time = redis.call("TIME")
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local ids, keys, mine, scores = {}, {}, {}, {}
for i = 3, #ARGV, 2 do
  ids[#ids + 1] = ARGV[i]
  keys[#keys + 1] = ARGV[i + 1]
  scores[#scores + 1] = now
  scores[#scores + 1] = ARGV[i + 1]
end
if #ids == 0 then return 0 end
for i, recorded in ipairs(redis.call("HMGET", inflight, unpack(keys))) do
  if recorded == ids[i] then mine[#mine + 1] = keys[i] end
end
redis.call("XACK", stream, group, unpack(ids))
local ended = redis.call("XDEL", stream, unpack(ids))
redis.call("HDEL", receipts, unpack(ids))
if #mine > 0 then redis.call("HDEL", inflight, unpack(mine)) end
redis.call("ZADD", settled, unpack(scores))
-- In full flow `keep` would be millions of rows: 90 s are longer than a scan takes for a page, and of older ones so many are enough.
local page, older_most = 90000, 100000
if redis.call("ZCOUNT", settled, "-inf", now - page) > older_most then keep = math.min(keep, page) end
redis.call("ZREMRANGEBYSCORE", settled, "-inf", now - keep)
return ended
