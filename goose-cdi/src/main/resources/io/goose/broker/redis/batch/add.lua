-- Adds members, and makes the batch if it is not there. ARGV more: number of the addition, index of its first member, 1 to seal or 0,
-- linger (ms, '' if the batch must be there), where members can be (queues, each followed by a line feed), how many callbacks, for each:
-- its place <state>:<n>, id and envelope; then for each member: queue ('' for this one), id, lane, time to wait for (epoch ms or 0), mark,
-- record, envelope
-- Returns { A added, M others are there, O completed or cancelled, U no such batch; how many members there are, names of what was
-- recorded for other queues }
local number, from, seal, linger, queues, callbacks = ARGV[4], tonumber(ARGV[5]), ARGV[6], ARGV[7], ARGV[8], tonumber(ARGV[9])
local m = redis.call('HMGET', batch, 'total', 'completed', 'asked', 'n:' .. number, 'queues')
local total = tonumber(m[1] or '0')
if not m[1] and linger == '' then return { 'U', 0, {} } end
if m[4] then
  redis.call('HSET', batch, 'total', total) -- a write, so that whoever waits for replicas waits for the first one too
  return { 'A', total, {} }
end
if m[2] or m[3] then return { 'O', total, {} } end
if total ~= from then return { 'M', total, {} } end

local first = 10 + 2 * callbacks
local added, recorded = (#ARGV - first + 1) / 7, {}
-- The members first: where a command is refused midway they are known when this is tried again.
for at = first, #ARGV, 7 do
  local to, id, lane, time, mark, record, envelope =
      ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], ARGV[at + 4], ARGV[at + 5], ARGV[at + 6]
  if to == '' then
    enqueue_here(id, lane, time, record, envelope)
  else
    recorded[#recorded + 1] = record_elsewhere(to, id, lane, time, mark, record, envelope)
  end
end
if not m[1] then
  for i = 10, first - 1, 2 do redis.call('HSET', batch, 'c:' .. ARGV[i], ARGV[i + 1]) end
  redis.call('HSET', batch, 'retrying', 0, 'success', 0, 'dead', 0, 'cancelled', 0, 'created', now, 'linger', linger,
      'queue', ARGV[2])
end
local known = m[5] or ''
for queue in string.gmatch(queues, '[^\n]+\n') do
  if not string.find('\n' .. known, '\n' .. queue, 1, true) then known = known .. queue end
end
if seal == '1' then redis.call('HSET', batch, 'sealed', '1') end
redis.call('HSET', batch, 'queues', known, 'n:' .. number, from, 'total', total + added)
complete()
wake_if_needed()
return { 'A', total + added, recorded }
