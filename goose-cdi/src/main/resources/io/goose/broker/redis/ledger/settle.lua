-- Keeps the ends of runs, each with what it enqueues in one step; an end that was kept before changes nothing. More: call:<caller>.
-- ARGV: number of the call, most dead, age of the dead (ms), then for each:
--   id, moves of the run, operation, queue, place, moves, time, record, envelope, note, need, how many jobs it enqueues; for each of
--   those: queue ('' for this one), id, moves, time (epoch ms, or 0), record, envelope
-- The operation is followed by the version and the letter of a mark, if the job is a member of a batch that becomes something else.
-- Operations: G it is over; K it is kept here (time: ms from now); Q it is kept in another queue (time: the same); A it has arrived from
--   there (time: epoch ms), E it was enqueued there (the same). Places: S, D, P; of E: S, or B for what goes behind what waits.
-- What belongs to another queue is recorded. Returns { names of recorded effects, how many dead were evicted }
local before = answered(ARGV[1])
if before then
  local names = {}
  for name in string.gmatch(before, '[^\n]+') do names[#names + 1] = name end
  return { names, 0 }
end

local recorded, evicted = {}, 0

local function keep(id, r, at, time)
  local place, moves, record = ARGV[at + 4], tonumber(ARGV[at + 5]), ARGV[at + 7]
  local needed = ARGV[at + 10]
  if place == 'D' or (place == 'S' and needed ~= '') then
    local state = parse(record)
    if place == 'D' then
      state.died, state.unknownSince = now, '0'
    elseif state.unknownSince == '0' then
      state.unknownSince = now
    end
    record = text(state)
  end
  write(id, record, ARGV[at + 8])
  put(id, r, place, moves, place == 'S' and moment(time) or now)
  if place == 'P' then
    if ARGV[at + 9] ~= '' then redis.call('HSET', note, id, ARGV[at + 9]) end
    if needed ~= '' then
      redis.call('HSET', need, id, needed)
      redis.call('HINCRBY', needs, needed, 1)
      redis.call('ZADD', needy, 0, needed .. '\n' .. id)
    end
  elseif place == 'D' then
    evicted = evicted + evict(dead, body, rec, tonumber(ARGV[2]), tonumber(ARGV[3]), now, row)
  end
end

local function enqueue(id, moves, time, record, envelope, behind)
  local r = known(id)
  if is_free(r, '1', moves) then
    put(id, r, 'S', write_new(id, r, moves, record, envelope), moment(time > 0 and time or now), behind)
  end
end

-- A header that begins with the lengths, then queue, id, record, note, need and envelope.
local function record_effect(name, operation, to, id, place, moves, time, record, envelope, why, needed)
  redis.call('HSET', fx, name,
      table.concat({ #to, #id, #record, #why, #needed, operation, place, moves, time }, ' ')
      .. '\n' .. to .. id .. record .. why .. needed .. envelope)
  redis.call('ZADD', fxt, now, name)
  recorded[#recorded + 1] = name
end

local function is_settled(r, moves)
  if not r or r.place == 'N' then return false end
  return r.moves > moves or (r.moves == moves and r.place ~= 'T' and r.place ~= 'B')
end

pass()
local at = 4
while at <= #ARGV do
  local id, moves = ARGV[at], tonumber(ARGV[at + 1])
  local operation, version, letter = string.match(ARGV[at + 2], '^(%u)(%d*)(%u?)$')
  local r, time, count = known(id), tonumber(ARGV[at + 6]), tonumber(ARGV[at + 11])
  local done = is_settled(r, moves)
  for n = 0, count - 1 do
    local e = at + 12 + 6 * n
    local name = ARGV[e + 1] .. ':' .. ARGV[e + 2] .. ':E'
    if done then
      if redis.call('HEXISTS', fx, name) == 1 then recorded[#recorded + 1] = name end
    elseif ARGV[e] == '' then
      enqueue(ARGV[e + 1], tonumber(ARGV[e + 2]), tonumber(ARGV[e + 3]), ARGV[e + 4], ARGV[e + 5])
    else
      record_effect(name, 'E', ARGV[e], ARGV[e + 1], 'S', ARGV[e + 2], ARGV[e + 3], ARGV[e + 4], ARGV[e + 5], '', '')
    end
  end
  if letter ~= '' and not done then recorded[#recorded + 1] = record_mark(fx, fxt, id, version, letter, now) end
  local name = id .. ':' .. ARGV[at + 5]
  if operation == 'A' then
    if not r or r.moves < tonumber(ARGV[at + 5]) then keep(id, r, at, time) end
  elseif operation == 'E' then
    enqueue(id, tonumber(ARGV[at + 5]), time, ARGV[at + 7], ARGV[at + 8], ARGV[at + 4] == 'B' and BEHIND or nil)
  elseif done then
    if operation == 'Q' and redis.call('HEXISTS', fx, name) == 1 then recorded[#recorded + 1] = name end
  elseif operation == 'K' then
    keep(id, r, at, now + time)
  else
    if operation == 'Q' then
      record_effect(name, 'A', ARGV[at + 3], id, ARGV[at + 4], ARGV[at + 5], now + time, ARGV[at + 7], ARGV[at + 8], ARGV[at + 9],
          ARGV[at + 10])
    end
    put(id, r, 'G', moves, now) -- also where nothing was known: the message may come back
  end
  at = at + 12 + 6 * count
end
answer(ARGV[1], table.concat(recorded, '\n'))
return { recorded, evicted }
