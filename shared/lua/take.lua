-- Claims entries for a worker: those that are due, then new ones. Step "claim", after enqueue, before the call.
-- Reading new entries and setting when they are due is one step, so that a worker killed in between leaves nothing behind
-- that is due only after the full threshold.
-- KEYS  1 stream  2 receipts  3 paused  4 inflight  5 settled
-- ARGV  1 group  2 consumer  3 idle time at which an entry is due (ms)  4 lease (ms)  5 most due entries  6 most new entries (1,000 at most)
--       7 oldest  8 newest version of entries that the consumer understands
-- Returns {paused, last id that the group delivered, entries, how many were set aside}; an entry is {id, deliveries, receipt or "", fields,
-- 1 when inflight records it for its row, else 0: then nobody enqueued it, and it is not to be sent}.
-- Effects: claimed entries are owned by the consumer and due again after the lease, unless renewed; taking a due entry
--          raises its delivery count. Pending records whose entry was deleted by hand are acknowledged. An entry whose row was
--          settled since its scan began is stale, as in enqueue.lua, and ends here: after a FLUSHALL a scan enqueues anew what is
--          out for a call, whose answer is written back while the new entry waits.
--          An entry of a newer version (field `v`, in every version) is set aside: owned by the consumer "newer:VERSION", its
--          delivery not counted, nothing else of it looked at. A worker that understands the version takes it from there at once;
--          no other meets it again before the full threshold. XPENDING shows it; inflight keeps it from being enqueued twice.
local stream, receipts, paused, inflight, settled = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local group, consumer = ARGV[1], ARGV[2]
local due_idle, lease = tonumber(ARGV[3]), tonumber(ARGV[4])
local most_due, most_new = tonumber(ARGV[5]), tonumber(ARGV[6])
local oldest, newest = tonumber(ARGV[7]), tonumber(ARGV[8])
-- So many are set aside in one run at most: Redis does nothing else meanwhile.
local most_aside = 500
local entries, aside = {}, 0
-- The last id that the group delivered, once it was asked for.
local delivered

-- Of a field that stands there twice, the last.
local function value_of(fields, name)
  for i = #fields - 1, 1, -2 do
    if fields[i] == name then return fields[i + 1] end
  end
  return nil
end

local function last_delivered()
  if delivered then return delivered end
  delivered = "0-0"
  for _, info in ipairs(redis.call("XINFO", "GROUPS", stream)) do
    if value_of(info, "name") == group then delivered = value_of(info, "last-delivered-id") end
  end
  return delivered
end

-- Ends an entry whose row was settled since its scan began.
local function ended_as_stale(id, fields, recorded, settled_at)
  if not settled_at then return false end
  local scanned_at = tonumber(value_of(fields, "scanned_at") or "")
  if not (scanned_at and tonumber(settled_at) >= scanned_at) then return false end
  redis.call("XACK", stream, group, id)
  redis.call("XDEL", stream, id)
  redis.call("HDEL", receipts, id)
  if recorded then redis.call("HDEL", inflight, value_of(fields, "key")) end
  return true
end

-- Claimed entries, {id, deliveries, fields}, into the answer: what Redis knows of them is read for all at once.
local function add(claimed)
  if #claimed == 0 then return end
  local ids, keys = {}, {}
  for n, each in ipairs(claimed) do ids[n], keys[n] = each[1], value_of(each[3], "key") or "" end
  local known = redis.call("HMGET", inflight, unpack(keys))
  local settled_at = redis.call("ZMSCORE", settled, unpack(keys))
  local receipt = redis.call("HMGET", receipts, unpack(ids))
  for n, each in ipairs(claimed) do
    local recorded = known[n] == ids[n]
    if not ended_as_stale(ids[n], each[3], recorded, settled_at[n]) then
      entries[#entries + 1] = { ids[n], each[2], receipt[n] or "", each[3], recorded and 1 or 0 }
    end
  end
end

local function set_aside_if_newer(id, deliveries, fields)
  local version = tonumber(string.match(value_of(fields, "v") or "", "^[1-9]%d?%d?$"))
  if not version or version <= newest then return false end
  redis.call("XCLAIM", stream, group, "newer:" .. version, 0, id, "IDLE", 0, "RETRYCOUNT", deliveries, "JUSTID")
  aside = aside + 1
  return true
end

local function take_pending(pending)
  local id, deliveries = pending[1], pending[4]
  local found = redis.call("XRANGE", stream, id, id)[1]
  if not found then
    redis.call("XACK", stream, group, id)
    return
  end
  if not set_aside_if_newer(id, deliveries, found[2]) then
    redis.call("XCLAIM", stream, group, consumer, 0, id, "IDLE", due_idle - lease)
    add({ { id, deliveries + 1, found[2] } })
  end
end

-- What is set aside makes room for what comes behind it.
local function again_while_set_aside(most, step)
  repeat
    local before = aside
    step(most - #entries)
  until aside == before or #entries >= most or aside >= most_aside
end

local function take_due(most)
  for _, pending in ipairs(redis.call("XPENDING", stream, group, "IDLE", due_idle, "-", "+", most)) do
    take_pending(pending)
  end
end

-- What older workers set aside for this one.
local function take_set_aside()
  for version = math.max(oldest, 2), newest do
    local room = most_due - #entries
    if room <= 0 then return end
    for _, pending in ipairs(redis.call("XPENDING", stream, group, "-", "+", room, "newer:" .. version)) do
      take_pending(pending)
    end
  end
end

-- Entries that look unread and are in a worker's hand all the same, by id (renew.lua): as a rule none.
local function held_unread(most)
  local held = {}
  for _, pending in ipairs(redis.call("XPENDING", stream, group, "(" .. last_delivered(), "+", most)) do
    held[pending[1]] = pending
  end
  return held
end

-- XREADGROUP has made it this consumer's: it is again as it was.
local function hand_back(id, pending)
  local owner, idle, deliveries = pending[2], pending[3], pending[4]
  redis.call("XCLAIM", stream, group, owner, 0, id, "IDLE", idle, "RETRYCOUNT", deliveries, "JUSTID")
end

local function take_new(most)
  local held = held_unread(most)
  local read = redis.call("XREADGROUP", "GROUP", group, consumer, "COUNT", most, "STREAMS", stream, ">")
  if not read then return end
  local ids, claimed = {}, {}
  for _, found in ipairs(read[1][2]) do
    local id, fields = found[1], found[2]
    if held[id] then
      hand_back(id, held[id])
    elseif not set_aside_if_newer(id, 0, fields) then
      ids[#ids + 1] = id
      claimed[#claimed + 1] = { id, 1, fields }
    end
    delivered = id
  end
  if #ids == 0 then return end
  ids[#ids + 1] = "IDLE"
  ids[#ids + 1] = due_idle - lease
  ids[#ids + 1] = "JUSTID"
  redis.call("XCLAIM", stream, group, consumer, 0, unpack(ids))
  add(claimed)
end

-- XINFO has other words for it.
if redis.call("EXISTS", stream) == 0 then return redis.error_reply("NOGROUP there is no stream " .. stream) end
local is_paused = redis.call("EXISTS", paused)
if is_paused == 0 then
  if most_due > 0 then
    again_while_set_aside(most_due, take_due)
    take_set_aside()
  end
  if most_new > #entries then again_while_set_aside(most_new, take_new) end
end
return { is_paused, last_delivered(), entries, aside }
