-- keys: uniq
-- Keeps jobs that are each to be the only one with its key; one without a time is due at once. The key comes behind those of all
-- ledgers, then call:<caller>. ARGV: number of the call, then for each job: id, marked (1 or 0), moves, time to wait for (epoch ms; 0 for none and behind
-- what waits, -1 for none and ahead of it), record, envelope; key, scope, until, what becomes of it if the key is held, queue of the retries,
-- and an id of which it is known that it is not there, all as of unique/enqueue.lua
-- Returns for each job a letter and an id, as unique/enqueue.lua does. What was taken to be sent is not replaced.
local uniq = KEYS[19]
caller = KEYS[20]
local SOME = 3

local function lines(text)
  local all = {}
  for line in string.gmatch(text, '([^\n]*)\n') do all[#all + 1] = line end
  return all
end

local before = answered(ARGV[1])
if before then return lines(before) end

local function read(noted)
  local scope, till, length, rest = string.match(noted or '', '^(%a)|(%d+)|(%d+)|(.*)$')
  if not scope then return nil end
  local id = string.sub(rest, 1, tonumber(length))
  return { scope = scope, till = tonumber(till), id = id, retries = string.sub(rest, #id + 1) }
end

-- Whether it is on its way to another queue: recorded as id:moves.
local function is_recorded(id)
  for _, name in ipairs(redis.call('HLEN', fx) > 0 and redis.call('HKEYS', fx) or {}) do
    if string.sub(name, 1, #id + 1) == id .. ':' then return true end
  end
  return false
end

local function is_gone(r)
  return not r or r.place == 'G' or r.place == 'N'
end

-- Y or N; Q and V as in the answers.
local function state_of(noted, r, absent)
  if noted.scope == 'u' then return noted.till > now and 'Y' or 'N' end
  if is_gone(r) then
    if noted.retries == '' then return 'N' end
    if is_recorded(noted.id) then return 'Y' end
    return absent == noted.id and 'N' or noted.scope == 'w' and 'V' or 'Q'
  end
  if r.place == 'D' or (r.place == 'B' and noted.scope == 'w') then return 'N' end
  return 'Y'
end

-- With each that is added some are looked at, found by chance, of which the job may be over: so what is noted in vain stays little.
local function forget_some()
  local some = redis.call('HRANDFIELD', uniq, SOME, 'WITHVALUES')
  for i = 1, #some, 2 do
    local noted = read(some[i + 1])
    local over
    if not noted then
      over = true
    elseif noted.scope == 'u' then
      over = noted.till <= now
    else
      over = noted.retries == '' and is_gone(known(noted.id))
    end
    if over then redis.call('HDEL', uniq, some[i]) end
  end
end

local function decide(at)
  local id, marked, moves, time = ARGV[at], ARGV[at + 1], tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3])
  local key, scope, till, conflict, retries, absent =
      ARGV[at + 6], ARGV[at + 7], ARGV[at + 8], ARGV[at + 9], ARGV[at + 10], ARGV[at + 11]
  local own = known(id)
  if not is_free(own, marked, moves) then return 'E', id end
  local noted = read(redis.call('HGET', uniq, key))
  if noted then
    local r = known(noted.id)
    local held = state_of(noted, r, absent)
    if held == 'Q' or held == 'V' then return held, noted.id .. '\t' .. noted.retries end
    if held == 'Y' then
      if conflict == 'k' or not r or r.place ~= 'S' then return 'E', noted.id end
      redis.call('HSET', body, noted.id, ARGV[at + 5])
      if conflict == 'd' and time > now then redis.call('ZADD', due, moment(time), noted.id) end
      return 'R', noted.id
    end
  else
    forget_some()
  end
  -- Noted first: a key of a job that is not there is not held.
  redis.call('HSET', uniq, key, scope .. '|' .. till .. '|' .. #id .. '|' .. id .. retries)
  put(id, own, 'S', write_new(id, own, moves, ARGV[at + 4], ARGV[at + 5]), moment(time > 0 and time or now),
      time == 0 and BEHIND or nil)
  return 'A', ''
end

pass()
local answers = {}
for at = 2, #ARGV, 12 do
  local letter, id = decide(at)
  answers[#answers + 1] = letter
  answers[#answers + 1] = id
end
answer(ARGV[1], table.concat(answers, '\n') .. '\n')
return answers
