-- keys: body rec due dead parked note
-- More: lease:<session> of all sessions.
-- Looks for a job. ARGV: id
-- Returns {} or { place (W waiting, R running, S scheduled, D dead, P parked), envelope, record, note, due time }
local body, rec, due, dead, parked, note = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local id = ARGV[1]
local envelope, place, time = redis.call('HGET', body, id), nil, '0'
if redis.call('ZSCORE', dead, id) then
  place = 'D'
elseif redis.call('ZSCORE', parked, id) then
  place = 'P'
elseif envelope then
  place = 'W'
  local score = redis.call('ZSCORE', due, id)
  if score then
    place, time = 'S', score
  else
    for i = 7, #KEYS do
      if redis.call('HEXISTS', KEYS[i], id) == 1 then place = 'R' end
    end
  end
end
if not place then return {} end
return { place, envelope or '', redis.call('HGET', rec, id) or '', redis.call('HGET', note, id) or '', time }
