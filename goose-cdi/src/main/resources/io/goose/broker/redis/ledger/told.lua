-- What the taker says of what it took, as far as it is still its own. ARGV: 'sent', or 'later' and it is due again, after so many ms;
-- then for each: id, fence
pass()
for i = 3, #ARGV, 2 do
  local id = ARGV[i]
  local r = known(id)
  if r and r.place == 'T' and r.fence == ARGV[i + 1] then
    if ARGV[1] == 'sent' then
      put(id, r, 'T', r.moves)
    else
      local behind = tonumber(redis.call('ZSCORE', wait, id) or '0') >= rank('b', 0)
      put(id, r, 'S', r.moves, moment(now + tonumber(ARGV[2])), behind and BEHIND or nil)
    end
  end
end
return 1
