-- Removes consumers that hold nothing: one that leaves, or those silent for long. Checked here, because XGROUP DELCONSUMER
-- drops a consumer's pending entries with it.
-- KEYS  1 stream
-- ARGV  1 group  2 silent for at least (ms)  3 the only consumer to look at, or "" for all
-- Returns the names removed.
local stream, group, silent, only = KEYS[1], ARGV[1], tonumber(ARGV[2]), ARGV[3]
local removed = {}
for _, info in ipairs(redis.call("XINFO", "CONSUMERS", stream, group)) do
  local named = {}
  for i = 1, #info, 2 do named[info[i]] = info[i + 1] end
  if named["pending"] == 0 and named["idle"] >= silent and (only == "" or only == named["name"]) then
    redis.call("XGROUP", "DELCONSUMER", stream, group, named["name"])
    removed[#removed + 1] = named["name"]
  end
end
return removed
