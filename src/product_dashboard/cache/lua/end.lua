-- END: the transaction of the writer is over. This removes its fences.
-- KEYS 1 the gate, 2.. the value or the nonce of each target.  ARGV 1 writer, 2.. the field of each target.
-- Returns the number of fences that it removed.
local removed = 0
for i = 2, #KEYS do
  if remove(KEYS[1], ARGV[i], { [ARGV[1]] = true }) == 1 then
    redis.call('DEL', KEYS[i])
    removed = removed + 1
  end
end
return removed
