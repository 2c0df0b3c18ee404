-- Some texts, one behind the other, behind a line with their lengths; they are added to arguments.
local function unpacked(arguments, packed)
  local line = string.find(packed, '\n', 1, true)
  local from = line + 1
  for length in string.gmatch(string.sub(packed, 1, line - 1), '%d+') do
    arguments[#arguments + 1] = string.sub(packed, from, from + tonumber(length) - 1)
    from = from + tonumber(length)
  end
  return arguments
end

local function some_keys(first, last)
  local keys = {}
  for i = first, last do keys[#keys + 1] = KEYS[i] end
  return keys
end
