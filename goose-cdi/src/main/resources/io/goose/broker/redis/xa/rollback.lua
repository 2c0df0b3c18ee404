-- Keys: those of settle.lua with lease:xa:<branch>, then xa:<branch>.
-- Forgets what a branch was to do in this queue, and gives the leases back that it settled, to the front, as if they had not been started.
-- A part that comes later, for it was on its way, is refused for ten minutes.
-- ARGV: branch, prefix of the wake-up channels, queue, how long a mark is kept (ms), most dead, age of the dead (ms)
-- Returns the names of recorded marks.
local SETTLE, BRANCH = 25, 26
local branch, own, owner = KEYS[BRANCH], KEYS[SETTLE], 'xa:' .. ARGV[1]
local prefix, queue, retention, most, age = ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
-- Changes nothing, as in commit.lua.
redis.call('HDEL', branch, '')
local held, entries, recorded = redis.call('HGETALL', own), {}, {}
for i = 1, #held, 2 do entries[#entries + 1] = { tonumber(string.match(held[i + 1], '^%d+')), held[i], held[i + 1] } end
table.sort(entries, function(a, b) return a[1] > b[1] end) -- the head of the queue is pushed last
if #entries > 0 then
  local arguments = { owner, '0', prefix, queue, most, age, retention, '0' }
  for _, entry in ipairs(entries) do
    for _, one in ipairs({ entry[2], entry[3], 'U', '', '', '', '0' }) do arguments[#arguments + 1] = one end
  end
  recorded = settle(some_keys(1, SETTLE), arguments)[2]
end
redis.call('DEL', branch)
redis.call('HSET', branch, 'x', '1')
redis.call('PEXPIRE', branch, 600000)
redis.call('ZREM', KEYS[1], owner)
return recorded
