/** What runs in the page of `meshmart graph --format html`: search, filters, and what an edge has made. */
const { edges, nodes } = JSON.parse(document.getElementById('topology').textContent);
const [search, system, details, count] = ['search', 'system', 'details', 'count'].map((id) => document.getElementById(id));
const edgeOf = new Map(edges.map((edge) => [`edge ${edge.from} ${edge.to}`, edge]));
const drawn = new Map([...document.querySelectorAll('g.node, g.edge')].map((group) => [group.id, group]));

/** Shows what fits, and dims the rest: a node by its name or system, an edge by its ends and what may be asked. */
function filter() {
  const word = search.value.trim().toLowerCase();
  const isOf = (node) => system.value === '' || node.system === system.value;
  const own = new Set(nodes.filter(isOf).map(({ id }) => id));
  const named = (texts) => word === '' || texts.some((text) => text.toLowerCase().includes(word));
  const shown = edges.filter(({ from, to, operations }) => (own.has(from) || own.has(to)) && named([from, to, ...operations]));
  const ends = new Set(shown.flatMap(({ from, to }) => [from, to]));
  for (const { id } of nodes) dim(`node ${id}`, !(ends.has(id) || (own.has(id) && named([id]))));
  for (const edge of edges) dim(`edge ${edge.from} ${edge.to}`, !shown.includes(edge));
  count.textContent = `${shown.length} of ${edges.length} calls`;
}

function dim(id, isDim) {
  const group = drawn.get(id);
  group?.classList.toggle('dim', isDim);
  if (group?.classList.contains('edge')) group.setAttribute('tabindex', isDim ? '-1' : '0');
}

/** What an edge lets be asked, how, and the objects that stand in the rendered folder because of it. */
function show(id) {
  const edge = edgeOf.get(id);
  for (const group of document.querySelectorAll('g.chosen')) group.classList.remove('chosen');
  details.hidden = edge === undefined;
  if (edge === undefined) return;
  drawn.get(id).classList.add('chosen');
  const carried = edge.carried.map(({ timeout, retries }) => `${timeout ?? 'no timeout'}, ${retries === 0 ? 'no retry' : `${retries} retries`}`);
  details.replaceChildren(
    element('h2', `${edge.from} → ${edge.to}`),
    element('p', [edge.protocol, ...carried].join(' · ')),
    list('May ask', edge.operations.length > 0 ? edge.operations : ['everything at that port']),
    list('Objects', edge.objects.map(({ kind, name, file }) => `${kind} ${name} (${file})`)),
  );
}

function list(title, entries) {
  const section = element('section', '');
  const items = document.createElement('ul');
  items.append(...entries.map((entry) => element('li', entry)));
  section.append(element('h3', title), items);
  return section;
}

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

for (const [id, edge] of edgeOf) {
  const group = drawn.get(id);
  group.setAttribute('role', 'button');
  group.setAttribute('aria-label', `${edge.from} calls ${edge.to}`);
  group.addEventListener('click', () => show(id));
  group.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    show(id);
  });
}
search.addEventListener('input', filter);
system.addEventListener('change', filter);
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') show();
  if (event.key !== '/' || document.activeElement === search) return;
  event.preventDefault();
  search.focus();
});
filter();
