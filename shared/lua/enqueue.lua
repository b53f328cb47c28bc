-- Puts documents into their stream, each once: step "enqueue", after compose, before take.
-- KEYS  1 stream  2 inflight  3 settled
-- ARGV  1 when the scan that read the rows began (ms, Redis clock)  2 most entries in flight  3 version of the entries
--       (shared/entry_version.ts; the fields below are that version's)
--       then for each document: row key, code, shop, body, traceparent ("" for none)
-- Returns for each document: the new entry's id; "" where it is in flight already, or was settled since the scan began
--         (the row that was read is stale, and sending it would send it twice); "full" where there is no room.
local stream, inflight, settled = KEYS[1], KEYS[2], KEYS[3]
local began, room = tonumber(ARGV[1]), tonumber(ARGV[2]) - redis.call("HLEN", inflight)
local ids = {}
for i = 4, #ARGV, 5 do
  local key = ARGV[i]
  local settled_at = redis.call("ZSCORE", settled, key)
  if redis.call("HEXISTS", inflight, key) == 1 or (settled_at and tonumber(settled_at) >= began) then
    ids[#ids + 1] = ""
  elseif room <= 0 then
    ids[#ids + 1] = "full"
  else
    local fields = {
      "v", ARGV[3], "key", key, "code", ARGV[i + 1], "shop", ARGV[i + 2], "body", ARGV[i + 3], "scanned_at", ARGV[1],
    }
    if ARGV[i + 4] ~= "" then
      fields[#fields + 1] = "traceparent"
      fields[#fields + 1] = ARGV[i + 4]
    end
    local id = redis.call("XADD", stream, "*", unpack(fields))
    redis.call("HSET", inflight, key, id)
    room = room - 1
    ids[#ids + 1] = id
  end
end
return ids
