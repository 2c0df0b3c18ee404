-- Marks members as what they have become. ARGV more: 1 if the marks were recorded in this slot, else 0; the names of the recorded marks:
-- <id of the member>:<version><letter of the state>
-- Of two marks that with the higher version counts, and of two of one version the first that says that the member has ended. The counts
-- change with the member alone, so a mark that comes again changes nothing.
-- Returns 1 if the batch was completed by that and has a callback, else 0.
local STATES = { E = 0, R = 1, S = 2, X = 3, C = 4 }
local COUNTS = { 'retrying', 'success', 'dead', 'cancelled' }
local LAST_VERSION = 8191
local news = 0
local m = redis.call('HMGET', batch, 'total', 'retrying', 'success', 'dead', 'cancelled')
if m[1] then
  local total, counts = tonumber(m[1]), {}
  for i = 1, 4 do counts[i] = tonumber(m[i + 1]) end
  for i = 5, #ARGV do
    local index = tonumber(string.sub(ARGV[i], 29, 36), 16) - 1
    local version, letter = string.match(ARGV[i], ':(%d+)(%a)$')
    version = math.min(tonumber(version), LAST_VERSION)
    local state, stored = STATES[letter], redis.call('GETRANGE', members, 2 * index, 2 * index + 1)
    local high, low = string.byte(stored, 1, 2)
    local was = (high or 0) * 256 + (low or 0)
    local was_version, was_state = math.floor(was / 8), was % 8
    if index < total
        and (version > was_version or (version == was_version and was_state < 2 and state > was_state)) then
      local value = version * 8 + state
      redis.call('SETRANGE', members, 2 * index, string.char(math.floor(value / 256), value % 256))
      if was_state > 0 then counts[was_state] = counts[was_state] - 1 end
      if state > 0 then counts[state] = counts[state] + 1 end
      news = news + 1
    end
  end
  if news > 0 then
    local values = {}
    for i, name in ipairs(COUNTS) do
      values[2 * i - 1], values[2 * i] = name, counts[i]
    end
    redis.call('HSET', batch, unpack(values))
    complete()
  end
end
if ARGV[4] == '1' then
  redis.call('HDEL', fx, unpack(ARGV, 5))
  redis.call('ZREM', fxt, unpack(ARGV, 5))
end
wake_if_needed()
return hurry and 1 or 0
