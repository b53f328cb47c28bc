-- Which commands the user may not use, for an operator: nothing is run, nothing is changed. The key is an argument, since none is touched.
-- ARGV  1 how many commands follow that take the key  2 a key of ours  then commands as ACL names them ("xgroup|create"): those first
-- Returns the commands that are refused; {} on a server before 7.0, which cannot be asked.
if not redis.acl_check_cmd then return {} end
local with_key, key = tonumber(ARGV[1]), ARGV[2]
local refused = {}
for i = 3, #ARGV do
  local words = {}
  for word in string.gmatch(ARGV[i], "[^|]+") do words[#words + 1] = word end
  if i - 2 <= with_key then words[#words + 1] = key end
  local known, allowed = pcall(redis.acl_check_cmd, unpack(words))
  if known and not allowed then refused[#refused + 1] = ARGV[i] end
end
return refused
