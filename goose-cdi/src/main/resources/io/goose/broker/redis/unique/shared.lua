
-- A job that is over gives its unique key up, if it is the one that is noted for it and holds it no longer than it is there.
local function release_unique(uniq, id, key)
  local noted = string.match(redis.call('HGET', uniq, key) or '', '^[wr]|%d+|(%d+|.*)$')
  local own = #id .. '|' .. id
  if noted and string.sub(noted, 1, #own) == own then return redis.call('HDEL', uniq, key) end
  return 0
end
