-- What the scripts share that look at limits; it is put between shared.lua and their text, and uses no keys of its own.
-- What limits go by is the class of a job: its handler and its key, written so that where each ends is known.

local function class_of(envelope)
  local ok, read = pcall(cjson.decode, envelope)
  local handler = ok and type(read) == 'table' and type(read.handler) == 'string' and read.handler or ''
  local key = ok and type(read) == 'table' and type(read.key) == 'string' and read.key or ''
  return #handler .. ':' .. #key .. ':' .. handler .. key
end

-- The scopes that a job of a class counts for: the queue, its handler, its key.
local function scopes_of(class)
  local h, k, text = string.match(class, '^(%d+):(%d+):(.*)$')
  local scopes = { 'q' }
  if h ~= '0' then scopes[#scopes + 1] = 'h:' .. string.sub(text, 1, tonumber(h)) end
  if k ~= '0' then scopes[#scopes + 1] = 'k:' .. string.sub(text, tonumber(h) + 1) end
  return scopes
end

-- An entry of keyed, all of which have one score: class, lane, place in it, id. In the order of the bytes, so each class is a range.
local function class_of_entry(entry)
  local h, k = string.match(entry, '^(%d+):(%d+):')
  return string.sub(entry, 1, #h + #k + 2 + h + k)
end

local function id_of_entry(entry)
  return string.sub(entry, #class_of_entry(entry) + 19)
end

-- Places grow from a middle on; what is prioritised goes down from it.
local MIDDLE = 1e15

local function next_number(cfg)
  return redis.call('HINCRBY', cfg, 'kseq', 1)
end

local function entry_of(class, lane, place, id)
  return class .. '\0' .. lane .. string.format('%016.0f', place) .. id
end

-- A job does not wait under its class any more; returns its entry, or nothing if it did not.
local function unkey(keyed, kof, id)
  local entry = redis.call('HGET', kof, id)
  if entry then
    redis.call('ZREM', keyed, entry)
    redis.call('HDEL', kof, id)
  end
  return entry
end

-- The entry of blocked that says that its classes wait for the rate of a scope: the end of a lease is nothing to them.
local function timer_of(scope)
  return '!' .. scope
end

-- Gives a class that waits for a permit of a scope its turn again, the one that waits longest; whether there was one.
local function pull(keys, blocked, cfg, scope)
  local of = #scope .. ':' .. scope
  local first = redis.call('ZRANGEBYLEX', blocked, '[' .. of .. '\0', '(' .. of .. '\1', 'LIMIT', 0, 1)[1]
  if not first then return false end
  redis.call('ZADD', keys, 'NX', next_number(cfg), string.sub(first, #of + 18))
  redis.call('ZREM', blocked, first)
  return true
end

-- Leases have ended: their permits come back, and whoever waits for one has its turn. Returns whether there were any, and whether a class
-- has a turn that may need them.
local function permits_back(held, run, keys, blocked, cfg, ids)
  if #ids == 0 or redis.call('HLEN', held) == 0 then return false, false end
  local classes, ended = redis.call('HMGET', held, unpack(ids)), {}
  for i, class in ipairs(classes) do
    if class then
      ended[#ended + 1] = ids[i]
      for _, scope in ipairs(scopes_of(class)) do
        if redis.call('HINCRBY', run, scope, -1) <= 0 then redis.call('HDEL', run, scope) end
        if scope ~= 'q' and not redis.call('ZSCORE', blocked, timer_of(scope)) then pull(keys, blocked, cfg, scope) end
      end
    end
  end
  if #ended == 0 then return false, false end
  redis.call('HDEL', held, unpack(ended))
  return true, redis.call('ZCARD', keys) > 0
end
