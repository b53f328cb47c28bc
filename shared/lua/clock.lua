-- What time it is by the server that holds a key: TIME alone goes to any node of a cluster, whose clock may be another's.
-- KEYS  1 the key
-- Returns {s, µs}, as TIME does.
return redis.call("TIME")
