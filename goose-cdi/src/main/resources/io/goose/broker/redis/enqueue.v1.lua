-- Adds jobs to one queue. This script is the contract of every producer, whatever its language: it is never changed, only
-- superseded by one with another number.
--
-- Before the first call for a queue, and now and then after it, a producer runs SADD <namespace>:queues <queue>.
--
-- KEYS, all with the prefix <namespace>:{<queue>}:
--   1 body    hash    id -> envelope
--   2 rec     hash    id -> record; none for a job that is just enqueued
--   3 back    list    ids in order, the next one at the right end
--   4 front   list    ids that go before those of back
--   5 due     zset    ids by the time they wait for, epoch milliseconds
--   6 in      zset    id:mark of jobs that were accepted, by time
--   7 idle    zset    sessions that wait for jobs, by the time their wait is over
--   8 send:<producer> string  the last numbered call of a producer and its answer; any name if the call is not numbered
-- ARGV:
--   1 the prefix of the wake-up channels, <namespace>:wake:
--   2 the queue
--   3 the number of this call, one more than that of the producer's last; 0 if calls are not numbered. A producer makes a
--     numbered call at a time and repeats one that was not answered with its number: it then gets the first answer
--   4 how long a mark is kept, in milliseconds
--   then six for each job, at most 500 jobs and about 1 MiB:
--     id, lane (b back or f front), time to wait for (epoch milliseconds, or 0), mark ('' or a number: a job with this id
--     and mark that was accepted before, even if it has ended since, is not added), record ('' for a new job), envelope
-- Returns one letter for each job: A added, E a job with this id or mark is there already.

local body, rec, back, front, due, accepted, idle, sent =
    KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7], KEYS[8]
local number, count = ARGV[3], (#ARGV - 4) / 6
if count == 0 then return '' end

if number ~= '0' then
  local last = redis.call('GET', sent)
  local colon = last and string.find(last, ':', 1, true)
  if colon and string.sub(last, 1, colon - 1) == number then
    redis.call('SET', sent, last, 'PX', 600000) -- a write, so that whoever waits for replicas waits for the first call too
    return string.sub(last, colon + 1)
  end
end

-- The first write is one that a server out of memory refuses: it is all or nothing. An id is where it waits before its envelope is
-- stored, and the answer is noted last: where a command is refused midway no job is taken for added that nobody would run.
local function answered(answer)
  if number ~= '0' then redis.call('SET', sent, number .. ':' .. answer, 'PX', 600000) end
  return answer
end

local now = nil
local function clock()
  if not now then
    local time = redis.call('TIME')
    now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
  end
  return now
end

-- Wakes one worker that waits; one that leaves jobs behind wakes the next. The jobs are added already: where the user has no
-- right to the channel, workers find them a second later.
local function wake()
  local waiting = redis.call('ZPOPMAX', idle)
  if waiting[1] and tonumber(waiting[2]) > clock() then
    redis.pcall('PUBLISH', ARGV[1] .. string.match(waiting[1], '^[^.]+'), ARGV[2])
  end
end

-- The usual call: one new job for the back.
if count == 1 and ARGV[6] == 'b' and ARGV[7] == '0' and ARGV[8] == '' and ARGV[9] == '' then
  if redis.call('HEXISTS', body, ARGV[5]) == 1 then return answered('E') end
  redis.call('LPUSH', back, ARGV[5])
  redis.call('HSET', body, ARGV[5], ARGV[10])
  wake()
  return answered('A')
end

local ids = {}
for n = 1, count do ids[n] = ARGV[6 * n - 1] end

-- What is new?
local present = redis.call('HMGET', body, unpack(ids))
local seen, answers = {}, {}
local bodies, records, marks, added = {}, {}, {}, 0
for n = 1, count do
  local at = 6 * n - 1
  local id, mark = ids[n], ARGV[at + 3]
  local known = present[n] or seen[id]
  if not known and mark ~= '' then
    local when = redis.call('ZSCORE', accepted, id .. ':' .. mark)
    known = when and tonumber(when) > clock() - tonumber(ARGV[4])
  end
  if known then
    answers[n] = 'E'
  else
    answers[n] = 'A'
    seen[id] = true
    added = added + 1
    bodies[#bodies + 1] = id
    bodies[#bodies + 1] = ARGV[at + 5]
    if ARGV[at + 4] ~= '' then
      records[#records + 1] = id
      records[#records + 1] = ARGV[at + 4]
    end
    if mark ~= '' then marks[#marks + 1] = id .. ':' .. mark end
  end
end

if added > 0 then
  local lists = { b = {}, f = {} }
  local hurry = false
  for n = 1, count do
    if answers[n] == 'A' then
      local at = 6 * n - 1
      local id, lane, time = ids[n], ARGV[at + 1], tonumber(ARGV[at + 2])
      if time > 0 and time > clock() then
        redis.call('ZADD', due, time, id)
        hurry = hurry or redis.call('ZRANGE', due, 0, 0)[1] == id
      else
        local list = lists[(time > 0 or lane == 'f') and 'f' or 'b']
        list[#list + 1] = id
        hurry = true
      end
    end
  end
  if #lists.b > 0 then redis.call('LPUSH', back, unpack(lists.b)) end
  if #lists.f > 0 then redis.call('LPUSH', front, unpack(lists.f)) end
  redis.call('HSET', body, unpack(bodies))
  if #records > 0 then redis.call('HSET', rec, unpack(records)) end

  if #marks > 0 then
    local entries = {}
    for i = 1, #marks do
      entries[2 * i - 1] = clock()
      entries[2 * i] = marks[i]
    end
    redis.call('ZADD', accepted, unpack(entries))
    local old = redis.call('ZRANGEBYSCORE', accepted, '-inf', clock() - tonumber(ARGV[4]), 'LIMIT', 0, 500)
    if #old > 0 then redis.call('ZREM', accepted, unpack(old)) end
  end

  if hurry then wake() end
end

return answered(table.concat(answers))
