-- Claims entries for a worker: those that are due, then new ones. Step "claim", after enqueue, before the call.
-- Reading new entries and setting when they are due is one step, so that a worker killed in between leaves nothing behind
-- that is due only after the full threshold.
-- KEYS  1 stream  2 receipts  3 paused  4 inflight  5 settled
-- ARGV  1 group  2 consumer  3 idle time at which an entry is due (ms)  4 lease (ms)  5 most due entries  6 most new entries
-- Returns {paused, last id that the group delivered, entries}; an entry is {id, deliveries, receipt or "", fields,
-- 1 when inflight records it for its row, else 0: then nobody enqueued it, and it is not to be sent}.
-- Effects: claimed entries are owned by the consumer and due again after the lease, unless renewed; taking a due entry
--          raises its delivery count. Pending records whose entry was deleted by hand are acknowledged. An entry whose row was
--          settled since its scan began is stale, as in enqueue.lua, and ends here: after a FLUSHALL a scan enqueues anew what is
--          out for a call, whose answer is written back while the new entry waits.
local stream, receipts, paused, inflight, settled = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local group, consumer = ARGV[1], ARGV[2]
local due_idle, lease = tonumber(ARGV[3]), tonumber(ARGV[4])
local most_due, most_new = tonumber(ARGV[5]), tonumber(ARGV[6])
local entries = {}

local function named_from(fields)
  local named = {}
  for i = 1, #fields, 2 do named[fields[i]] = fields[i + 1] end
  return named
end

local function is_stale(entry)
  local settled_at = redis.call("ZSCORE", settled, entry["key"] or "")
  local scanned_at = tonumber(entry["scanned_at"] or "")
  return settled_at and scanned_at and tonumber(settled_at) >= scanned_at
end

local function add(id, deliveries, fields)
  local entry = named_from(fields)
  local recorded = redis.call("HGET", inflight, entry["key"] or "") == id
  if is_stale(entry) then
    redis.call("XACK", stream, group, id)
    redis.call("XDEL", stream, id)
    redis.call("HDEL", receipts, id)
    if recorded then redis.call("HDEL", inflight, entry["key"]) end
    return
  end
  entries[#entries + 1] = { id, deliveries, redis.call("HGET", receipts, id) or "", fields, recorded and 1 or 0 }
end

local function take_due()
  for _, pending in ipairs(redis.call("XPENDING", stream, group, "IDLE", due_idle, "-", "+", most_due)) do
    local id = pending[1]
    if #redis.call("XRANGE", stream, id, id) == 0 then
      redis.call("XACK", stream, group, id)
    else
      local claimed = redis.call("XCLAIM", stream, group, consumer, 0, id, "IDLE", due_idle - lease)
      if claimed[1] then add(id, pending[4] + 1, claimed[1][2]) end
    end
  end
end

local function take_new()
  local read = redis.call("XREADGROUP", "GROUP", group, consumer, "COUNT", most_new, "STREAMS", stream, ">")
  if not read then return end
  for _, entry in ipairs(read[1][2]) do
    redis.call("XCLAIM", stream, group, consumer, 0, entry[1], "IDLE", due_idle - lease, "JUSTID")
    add(entry[1], 1, entry[2])
  end
end

local function last_delivered()
  for _, info in ipairs(redis.call("XINFO", "GROUPS", stream)) do
    local named = named_from(info)
    if named["name"] == group then return named["last-delivered-id"] end
  end
  return "0-0"
end

local is_paused = redis.call("EXISTS", paused)
if is_paused == 0 then
  if most_due > 0 then take_due() end
  if most_new > #entries then
    most_new = most_new - #entries
    take_new()
  end
end
return { is_paused, last_delivered(), entries }
