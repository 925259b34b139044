import { getRouteApi } from '@tanstack/react-router';
import { DiscoverPage } from '../features/browse/discover-page.js';
import { ListPage } from '../features/lists/list-page.js';
import { PersonPage } from '../features/people/person-page.js';
import { ShowPage } from '../features/title/show-page.js';

// Pages that are loaded when somebody looks around; each reads its own part of the address.

const showRoute = getRouteApi('/member/layout/shows/$id');
const personRoute = getRouteApi('/member/layout/people/$id');
const discoverRoute = getRouteApi('/member/layout/discover');
const listRoute = getRouteApi('/member/layout/lists/$id');

export function ShowRoute() {
  const { id } = showRoute.useParams();
  const { season } = showRoute.useSearch();
  return <ShowPage key={id} id={id} season={season === undefined ? null : Number(season)} />;
}

export function PersonRoute() {
  const { id } = personRoute.useParams();
  return <PersonPage key={id} id={id} />;
}

export function DiscoverRoute() {
  const view = discoverRoute.useSearch();
  const navigate = discoverRoute.useNavigate();
  return (
    <DiscoverPage
      view={view}
      onView={(next) => void navigate({ search: next, replace: true, resetScroll: false })}
    />
  );
}

export function ListRoute() {
  const { id } = listRoute.useParams();
  const navigate = listRoute.useNavigate();
  return <ListPage key={id} id={id} onDeleted={() => void navigate({ to: '/lists', replace: true })} />;
}
