-- Brings the next delivery of a postponed entry forward to now: an operator wants it tried again at once.
-- KEYS  1 stream
-- ARGV  1 group  2 entry id  3 idle time at which an entry is due (ms)  4 lease (ms)
-- Returns 1 when it was postponed and is due now; 0 when it is in a worker's hands, due already, or not pending.
-- Effects: the idle time is set; the owner stays, and JUSTID keeps XCLAIM from raising the delivery count.
local pending = redis.call("XPENDING", KEYS[1], ARGV[1], ARGV[2], ARGV[2], 1)[1]
if not pending or pending[3] >= tonumber(ARGV[3]) - tonumber(ARGV[4]) then return 0 end
redis.call("XCLAIM", KEYS[1], ARGV[1], pending[2], 0, ARGV[2], "IDLE", ARGV[3], "JUSTID")
return 1
