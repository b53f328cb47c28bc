-- Puts documents into their stream, each once: step "enqueue", after compose, before take.
-- KEYS  1 stream  2 inflight  3 settled
-- ARGV  1 when the scan that read the rows began (ms, Redis clock)  2 most entries in flight  3 version of the entries
--       (shared/entry_version.ts; the fields below are that version's)
--       then for each document, 1,000 at most: row key, code, shop, body, traceparent ("" for none)
-- Returns for each document: the new entry's id; "" where it is in flight already, or was settled since the scan began
--         (the row that was read is stale, and sending it would send it twice); "full" where there is no room.
local stream, inflight, settled = KEYS[1], KEYS[2], KEYS[3]
local began, room = tonumber(ARGV[1]), tonumber(ARGV[2]) - redis.call("HLEN", inflight)
local keys, ids, records = {}, {}, {}
for i = 4, #ARGV, 5 do keys[#keys + 1] = ARGV[i] end
if #keys == 0 then return ids end
local known = redis.call("HMGET", inflight, unpack(keys))
local settled_at = redis.call("ZMSCORE", settled, unpack(keys))
local added = {}

local function add(key, code, shop, body, traceparent)
  local fields = { "v", ARGV[3], "key", key, "code", code, "shop", shop, "body", body, "scanned_at", ARGV[1] }
  if traceparent ~= "" then
    fields[#fields + 1] = "traceparent"
    fields[#fields + 1] = traceparent
  end
  local id = redis.call("XADD", stream, "*", unpack(fields))
  records[#records + 1] = key
  records[#records + 1] = id
  added[key] = true
  room = room - 1
  return id
end

for n, key in ipairs(keys) do
  local i = 4 + (n - 1) * 5
  if known[n] or added[key] or (settled_at[n] and tonumber(settled_at[n]) >= began) then
    ids[n] = ""
  elseif room <= 0 then
    ids[n] = "full"
  else
    ids[n] = add(key, ARGV[i + 1], ARGV[i + 2], ARGV[i + 3], ARGV[i + 4])
  end
end
if #records > 0 then redis.call("HSET", inflight, unpack(records)) end
return ids
