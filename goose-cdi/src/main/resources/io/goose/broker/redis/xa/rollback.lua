-- Keys: those of settle.lua with lease:xa:<branch>, then xa:<branch>, then lease:<session> of the session that is to have leases back, if one is.
-- Forgets what a branch was to do in this queue. Leases that it settled go back to the session that had them, if that lives and is named;
-- at most 500 others a call to the front of their queue, the youngest first, as if they had not been started.
-- A part that comes later, for it was on its way, is refused for ten minutes.
-- ARGV: branch, prefix of the wake-up channels, queue, how long a mark is kept (ms), most dead, age of the dead (ms), the session or
--   nothing, then the ids of the leases that are to go back to it and as many values
-- Returns { 1 if there is more, names of recorded marks, ids that the session has, also if it was called before }
local SETTLE, BRANCH, MOST = 25, 26, 500
local branch, own, lease, owner = KEYS[BRANCH], KEYS[SETTLE], KEYS[BRANCH + 1], 'xa:' .. ARGV[1]
local prefix, queue, retention, most, age, session = ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7]
local count = (#ARGV - 7) / 2
-- Changes nothing, as in commit.lua.
redis.call('HDEL', branch, '')
local back = {}
local expiry = session ~= '' and redis.call('ZSCORE', KEYS[1], session)
local lives = expiry and tonumber(expiry) > clock()
for i = 8, 7 + count do
  local id, value = ARGV[i], ARGV[i + count]
  if lives and redis.call('HGET', own, id) == value then -- it leaves the branch last
    redis.call('HSET', lease, id, value)
    redis.call('HDEL', own, id)
  end
  if redis.call('HGET', lease, id) == value then back[#back + 1] = id end
end
local held, entries, recorded = redis.call('HGETALL', own), {}, {}
for i = 1, #held, 2 do entries[#entries + 1] = { tonumber(string.match(held[i + 1], '^%d+')), held[i], held[i + 1] } end
table.sort(entries, function(a, b) return a[1] > b[1] end) -- the head of the queue is pushed last
if #entries > 0 then
  local arguments = { owner, '0', prefix, queue, most, age, retention, '0' }
  for n = 1, math.min(MOST, #entries) do
    for _, one in ipairs({ entries[n][2], entries[n][3], 'U', '', '', '', '0' }) do arguments[#arguments + 1] = one end
  end
  recorded = settle(some_keys(1, SETTLE), arguments)[2]
end
redis.call('DEL', branch)
redis.call('HSET', branch, 'x', '1')
redis.call('PEXPIRE', branch, 600000)
if #entries > MOST then return { 1, recorded, back } end
redis.call('ZREM', KEYS[1], owner)
return { 0, recorded, back }
