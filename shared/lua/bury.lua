-- Moves entries to the dead-letter stream: refused documents, and those with their deliveries used up.
-- KEYS  1 stream  2 inflight  3 settled  4 receipts  5 dead
-- ARGV  1 group  2 how long `settled` remembers (ms)
--       then for each entry: id, row key, code, shop, reason, detail, deliveries, first scanned at (ms)
-- Returns how many dead letters were written: none for an entry that somebody else has ended.
-- Effects: as settle.lua, and one dead letter with all of the entry's own fields.
local stream, inflight, settled, receipts, dead = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local group, keep = ARGV[1], tonumber(ARGV[2])
local time = redis.call("TIME")
local now = time[1] * 1000 + math.floor(time[2] / 1000)
-- A stranger's entry may have more fields than one call can take: the first ones are kept. Ours have eight pairs.
local most_fields = 1000
local buried = 0

local function letter(i, fields)
  for _, pair in ipairs({
    { "entry_id", ARGV[i] }, { "reason", ARGV[i + 4] }, { "detail", ARGV[i + 5] }, { "deliveries", ARGV[i + 6] },
    { "first_scanned_at", ARGV[i + 7] }, { "died_at", now },
  }) do
    fields[#fields + 1] = pair[1]
    fields[#fields + 1] = pair[2]
  end
  redis.call("XADD", dead, "*", unpack(fields))
  buried = buried + 1
end

for i = 3, #ARGV, 8 do
  local id, key = ARGV[i], ARGV[i + 1]
  local entry = redis.call("XRANGE", stream, id, id)[1]
  local recorded = redis.call("HGET", inflight, key) == id
  if entry then
    letter(i, { unpack(entry[2], 1, math.min(#entry[2], most_fields)) })
  elseif recorded then
    letter(i, { "key", key, "code", ARGV[i + 2], "shop", ARGV[i + 3] })
  end
  redis.call("XACK", stream, group, id)
  redis.call("XDEL", stream, id)
  redis.call("HDEL", receipts, id)
  if recorded then redis.call("HDEL", inflight, key) end
  if key ~= "" then redis.call("ZADD", settled, now, key) end
end
redis.call("ZREMRANGEBYSCORE", settled, "-inf", now - keep)
return buried
