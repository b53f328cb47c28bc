-- Remembers that the partner refused an account's login; each refusal in a row doubles the time until the next try.
-- KEYS  1 refused logins
-- ARGV  1 account  2 first pause (s)  3 longest pause (s)  4 why
-- Returns until when no login is tried (ms, Redis clock). A pause that still runs stays as it is.
local account = ARGV[1]
local time = redis.call("TIME")
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local seconds = tonumber(ARGV[2])
local known = redis.call("HGET", KEYS[1], account)
if known then
  local ok, refusal = pcall(cjson.decode, known)
  if ok and refusal["until"] > now then return refusal["until"] end
  -- A refusal long past belongs to another story, and the pauses begin anew.
  if ok and now - refusal["until"] < 3600000 then seconds = math.min(refusal["seconds"] * 2, tonumber(ARGV[3])) end
end
local till = now + seconds * 1000
redis.call("HSET", KEYS[1], account, cjson.encode({ ["until"] = till, seconds = seconds, why = ARGV[4] }))
return till
