-- END: the transaction of the writer is over: its fences come down.
-- KEYS 1 the gate, 2.. of each target the value or the nonce.  ARGV 1 writer, 2.. the field of each target.
-- Returns how many of the fences were still there.
local removed = 0
for i = 2, #KEYS do
  if remove(KEYS[1], ARGV[i], { [ARGV[1]] = true }) == 1 then
    redis.call('DEL', KEYS[i])
    removed = removed + 1
  end
end
return removed
