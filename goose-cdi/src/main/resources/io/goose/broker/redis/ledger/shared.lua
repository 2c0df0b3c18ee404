-- keys: row body rec due wait sent run dead parked note need needy needs gone fx fxt tok cfg
-- What the scripts of ledgers share; it is put between shared.lua and their text. All pass the same keys, and call:<caller> after
-- them if the call is numbered.
local row, body, rec, due, wait, sent, run, dead, parked =
    KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7], KEYS[8], KEYS[9]
local note, need, needy, needs, gone, fx, fxt, tok, cfg, caller =
    KEYS[10], KEYS[11], KEYS[12], KEYS[13], KEYS[14], KEYS[15], KEYS[16], KEYS[17], KEYS[18], KEYS[19]
local now = clock()

-- The row of a job: place|moves|fence. Places: S scheduled, T taken to be sent or sent, B begun, D dead, P parked, G gone, N noted as
-- sent. The fence says who took it last; of what is scheduled it is 0, or BEHIND for what goes behind what waits when it is sent. Each has a
-- sorted set; what is taken and of which nobody has said that it was sent is in one more, by the end of the hold.
local BEHIND = '1'
local SETS = { S = due, T = wait, B = run, D = dead, P = parked, G = gone, N = gone }

local function known(id)
  local line = redis.call('HGET', row, id)
  local place, moves, fence = string.match(line or '', '^(%u)|(%d+)|(%d+)$')
  return place and { place = place, moves = tonumber(moves), fence = fence }
end

-- Changes nothing: a server out of memory refuses a script whose first write adds something, and what frees memory must go on.
local function pass()
  redis.call('HDEL', row, '')
end

-- So many numbers; returns the one before the first.
local function draw(count)
  return redis.call('INCRBY', tok, count) - count
end

-- Where a job waits among those that the transport has: front before back, then by number.
local function rank(lane, number)
  return (lane == 'f' and 1 or 2) * 281474976710656 + number
end

-- When a job is due, as a score: of those that are due in one millisecond the one that was written first is the first.
local function moment(millis)
  return millis + draw(1) % 4096 / 4096
end

local function clear_parked(id)
  local needed = redis.call('HGET', need, id)
  if needed then
    redis.call('ZREM', needy, needed .. '\n' .. id)
    if redis.call('HINCRBY', needs, needed, -1) <= 0 then redis.call('HDEL', needs, needed) end
    redis.call('HDEL', need, id)
  end
  redis.call('HDEL', note, id)
end

-- Puts a job of which r was known into a place. The new place is written first and the old one left last: where a command is refused
-- midway the job is in two sets, and its row says which counts.
local function put(id, r, place, moves, score, fence, ends)
  local to, from = SETS[place], r and SETS[r.place]
  if score then redis.call('ZADD', to, score, id) end
  if ends then redis.call('ZADD', sent, ends, id) end
  redis.call('HSET', row, id, place .. '|' .. moves .. '|' .. (fence or '0'))
  if from and from ~= to then redis.call('ZREM', from, id) end
  if r and r.place == 'T' and not ends then redis.call('ZREM', sent, id) end
  if r and r.place == 'P' then clear_parked(id) end
  if to == gone then
    redis.call('HDEL', body, id)
    redis.call('HDEL', rec, id)
  end
end

-- Forgets a job of which r was known.
local function remove(id, r)
  redis.call('HDEL', row, id)
  redis.call('ZREM', SETS[r.place], id)
  redis.call('ZREM', sent, id)
  redis.call('HDEL', body, id)
  redis.call('HDEL', rec, id)
  if r.place == 'P' then clear_parked(id) end
end

-- A job ends without having run: what else is known of it ends here. If the transport may have a message of it a tombstone stays, and the
-- message is old when it comes. What that is for a batch is recorded and its name added to marks; of a dead one the batch knows already.
local function drop(id, r, marks)
  if r.place ~= 'D' and is_member(id) then marks[#marks + 1] = record_mark(fx, fxt, id, r.moves, 'C', now) end
  if r.place == 'S' and r.moves == 0 then remove(id, r) else put(id, r, 'G', r.moves, now) end
end

local function write(id, record, envelope)
  redis.call('HSET', body, id, envelope)
  if record ~= '' then
    redis.call('HSET', rec, id, record)
  else
    redis.call('HDEL', rec, id)
  end
end

-- Whether a job may come in beside what is known of its id.
local function is_free(r, marked, moves)
  return not r or ((r.place == 'G' or r.place == 'N') and not (marked == '1' and moves <= r.moves))
end

-- Writes a job that comes in; returns its moves, which are more than those of what is known of its id: a message of the former
-- life is older.
local function write_new(id, r, moves, record, envelope)
  if r and moves <= r.moves then
    local state = parse(record)
    state.moves = r.moves + 1
    moves, record = state.moves, text(state)
  end
  write(id, record, envelope)
  return moves
end

-- A caller makes one numbered call at a time to a queue, and repeats one that was not answered with its number: it then gets the
-- first answer. The write makes whoever waits for replicas wait for the first call too.
local function answered(number)
  local last = redis.call('GET', caller)
  local colon = last and string.find(last, ':', 1, true)
  if colon and string.sub(last, 1, colon - 1) == number then
    pass()
    redis.call('SET', caller, last, 'PX', 600000)
    return string.sub(last, colon + 1)
  end
end

local function answer(number, text)
  redis.call('SET', caller, number .. ':' .. text, 'PX', 600000)
  return text
end
