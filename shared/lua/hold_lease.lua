-- Takes or keeps a lease: the scheduler's leadership.
-- KEYS  1 the lease
-- ARGV  1 who asks  2 how long it holds (ms)
-- Returns who holds it now.
local holder = redis.call("GET", KEYS[1])
if not holder or holder == ARGV[1] then
  redis.call("SET", KEYS[1], ARGV[1], "PX", ARGV[2])
  return ARGV[1]
end
return holder
