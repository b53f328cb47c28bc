-- Reads one page of dead letters, newest first, without their bodies, for an operator: nothing is changed.
-- KEYS  1 dead
-- ARGV  1 read from here on ("+", or "(" and the last id of the page before)  2 the oldest id wanted ("-" for all)
--       3 letters to look at  4 code  5 shop  6 reason ("" for any, each)
-- Returns {id to go on after, or "" at the end, letters}; a letter is {id, fields}, as XRANGE gives it but for the body.
local page = redis.call("XREVRANGE", KEYS[1], ARGV[1], ARGV[2], "COUNT", ARGV[3])
local wanted = { code = ARGV[4], shop = ARGV[5], reason = ARGV[6] }
local letters = {}
for _, letter in ipairs(page) do
  local fields, flat, matches = {}, letter[2], true
  for i = 1, #flat, 2 do
    if flat[i] ~= "body" then
      fields[#fields + 1] = flat[i]
      fields[#fields + 1] = flat[i + 1]
    end
    local want = wanted[flat[i]]
    if want and want ~= "" and want ~= flat[i + 1] then matches = false end
  end
  if matches then letters[#letters + 1] = { letter[1], fields } end
end
local last = page[#page]
return { #page == tonumber(ARGV[3]) and last[1] or "", letters }
