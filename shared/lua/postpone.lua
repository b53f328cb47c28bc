-- Leaves entries pending until their next delivery: retry, wait, and what is given up at shutdown.
-- KEYS  1 stream
-- ARGV  1 group  2 consumer  3 idle time at which an entry is due (ms)  then for each entry: id, delay (ms), deliveries to record
-- Returns how many were postponed; an entry that the consumer no longer owns is left alone.
-- Effects: the entry is due after the delay, for any worker. JUSTID keeps XCLAIM from raising the count.
local stream, group, consumer, due_idle = KEYS[1], ARGV[1], ARGV[2], tonumber(ARGV[3])
local postponed = 0
for i = 4, #ARGV, 3 do
  local id = ARGV[i]
  local pending = redis.call("XPENDING", stream, group, id, id, 1)[1]
  if pending and pending[2] == consumer then
    local idle = math.max(0, due_idle - tonumber(ARGV[i + 1]))
    redis.call("XCLAIM", stream, group, consumer, 0, id, "IDLE", idle, "RETRYCOUNT", ARGV[i + 2], "JUSTID")
    postponed = postponed + 1
  end
end
return postponed
