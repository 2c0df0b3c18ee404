-- Changes an entry of this queue if it is what it was, and adds its jobs. ARGV: prefix of the wake-up channels, queue, dedupe retention
-- (ms), name, version that it must have ('' for none), new version, definition ('' to keep it), state, due (epoch ms, '' for never),
-- then for each job: id, moves if it is marked or '', record, envelope
-- Returns 1 if it was changed, now or by this change before, 0 if it is something else.
local name, expected, version = ARGV[4], ARGV[5], ARGV[6]
local stored = redis.call('HGET', cronst, name)
local there = stored and string.match(stored, '^([^|]*)|') or ''
if there == version then
  redis.call('HSET', cronst, name, stored) -- a write, so that whoever waits for replicas waits for the first one too
  return 1
end
if there ~= expected then return 0 end
-- The jobs first: where a command is refused midway the tick is still due, and its jobs are known.
for i = 10, #ARGV, 4 do add(ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]) end
if ARGV[7] ~= '' then redis.call('HSET', cron, name, ARGV[7]) end
if ARGV[9] ~= '' then redis.call('ZADD', crondue, ARGV[9], name) end
redis.call('HSET', cronst, name, version .. '|' .. ARGV[8])
if ARGV[9] == '' then redis.call('ZREM', crondue, name) end
return 1
