import { useMutation, useQueryClient } from '@tanstack/react-query';
import { done, useApi } from '../../api/client.js';
import type { ManagedUser } from '../../api/types.js';
import { DeleteSection } from '../../ui/delete-question.js';

interface UserSecondFactorProps {
  user: ManagedUser;
  onDone: () => void;
}

/** Removes the second factor of somebody who has lost it. */
export function UserSecondFactor({ user, onDone }: UserSecondFactorProps) {
  const api = useApi();
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: () => done(api.http.users[':id']['second-factor'].$delete({ param: { id: user.id } })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['users'] });
      onDone();
    },
  });
  return (
    <section aria-label="Second factor">
      <h3>Second factor</h3>
      <DeleteSection offer="Remove second factor" label="Remove" remove={remove}>
        {user.username} signs in with the password alone until a new second factor is set up. Make sure that
        it is really {user.username} who asked.
      </DeleteSection>
    </section>
  );
}
