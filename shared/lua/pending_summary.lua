-- Sums up a stream's pending list, for an operator: nothing is changed.
-- KEYS  1 stream
-- ARGV  1 group  2 idle time at which an entry is due (ms)  3 lease (ms)  4 most pending entries to look at
-- Returns {pending, later, due, soonest, newer, newest}: pending entries; of these, those due later than a lease from now
--         (postponed), and those due now; and in how many ms the first of the postponed is due, -1 without any. Apart from
--         these, those that take.lua set aside for a newer worker, and the highest version among them, 0 without any. Zeros
--         without stream or group.
local stream, group = KEYS[1], ARGV[1]
local due_idle, lease = tonumber(ARGV[2]), tonumber(ARGV[3])
local ok, pending = pcall(redis.call, "XPENDING", stream, group, "-", "+", ARGV[4])
if not ok or type(pending) ~= "table" or pending.err then return { 0, 0, 0, -1, 0, 0 } end
local later, due, soonest, newer, newest = 0, 0, -1, 0, 0
for _, entry in ipairs(pending) do
  local left = due_idle - entry[3]
  local version = tonumber(string.match(entry[2], "^newer:(%d+)$"))
  if version then
    newer, newest = newer + 1, math.max(newest, version)
  elseif left <= 0 then
    due = due + 1
  elseif left > lease then
    later = later + 1
    if soonest < 0 or left < soonest then soonest = left end
  end
end
return { #pending, later, due, soonest, newer, newest }
