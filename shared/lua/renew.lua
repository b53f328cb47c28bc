-- Says that a worker still holds its entries, so that they do not come due. Runs every lease/5 while it holds any.
-- KEYS  1 stream  2 inflight  3 settled
-- ARGV  1 group  2 consumer  3 idle time to set: threshold less lease (ms)  then for each entry: id, row key
-- Returns for each entry: 1 held, 0 lost (another worker owns it, or it is settled): the worker drops it.
-- Effects: sets the idle time; JUSTID keeps XCLAIM from raising the delivery count. After a FLUSHALL the entry is
--          gone while the call is still out: its inflight record is put back, so that no scan enqueues the row meanwhile. After
--          the failover of a master that had not passed its last writes on (or XGROUP DESTROY), the entry looks as if nobody had
--          read it: it is claimed anew, and take.lua leaves it alone.
local stream, inflight, settled = KEYS[1], KEYS[2], KEYS[3]
local group, consumer, idle = ARGV[1], ARGV[2], ARGV[3]
local held = {}

local function renew(id, key)
  local pending = redis.call("XPENDING", stream, group, id, id, 1)[1]
  if pending then
    if pending[2] ~= consumer then return 0 end
    redis.call("XCLAIM", stream, group, consumer, 0, id, "IDLE", idle, "JUSTID")
    return 1
  end
  local recorded = redis.call("HGET", inflight, key)
  if recorded and recorded ~= id then return 0 end
  if not recorded then
    if redis.call("ZSCORE", settled, key) then return 0 end
    redis.call("HSET", inflight, key, id)
  end
  -- Of an entry that is gone, FORCE makes no pending record.
  redis.call("XCLAIM", stream, group, consumer, 0, id, "IDLE", idle, "RETRYCOUNT", 1, "FORCE", "JUSTID")
  return 1
end

for i = 4, #ARGV, 2 do
  held[#held + 1] = renew(ARGV[i], ARGV[i + 1])
end
return held
