-- Where documents are in Redis, by row key, for an operator: nothing is changed.
-- KEYS  1 stream  2 inflight  3 receipts
-- ARGV  1 group  then row keys
-- Returns for each row key: {} when it is not in flight, else {entry id, 1 when the entry is there, consumer or "", idle (ms),
--         deliveries, receipt or ""}; consumer "" and deliveries 0 for an entry that was never delivered.
local stream, inflight, receipts = KEYS[1], KEYS[2], KEYS[3]
local found = {}
for i = 2, #ARGV do
  local id = redis.call("HGET", inflight, ARGV[i])
  if not id then
    found[#found + 1] = {}
  else
    local exists = #redis.call("XRANGE", stream, id, id)
    local ok, list = pcall(redis.call, "XPENDING", stream, ARGV[1], id, id, 1)
    local pending = ok and type(list) == "table" and list[1] or { id, "", 0, 0 }
    local receipt = redis.call("HGET", receipts, id) or ""
    found[#found + 1] = { id, exists, pending[2], pending[3], pending[4], receipt }
  end
end
return found
