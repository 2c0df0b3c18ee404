-- Returns { waiting, running, scheduled, dead, parked, paused }
return { redis.call('ZCARD', wait), redis.call('ZCARD', run), redis.call('ZCARD', due), redis.call('ZCARD', dead),
    redis.call('ZCARD', parked), redis.call('HEXISTS', cfg, 'paused') }
