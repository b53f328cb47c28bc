-- Deletes a value only while it is still the one that the caller knows: a token that the partner no longer takes, a lock.
-- KEYS  1 the key
-- ARGV  1 the value
-- Returns 1 when it was deleted.
if redis.call("GET", KEYS[1]) == ARGV[1] then return redis.call("DEL", KEYS[1]) end
return 0
