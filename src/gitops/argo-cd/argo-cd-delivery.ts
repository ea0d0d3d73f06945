import { ApiObject, Chart } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import type { AppProjectProps, ApplicationProps } from '../../../imports/argoproj.io';
import { kinds } from '../../manifest/kinds';
import { Manifest } from '../../manifest/manifest';
import { uniqueId } from '../../manifest/names';
import { declareOwner } from '../../manifest/owner';
import { reject } from '../../manifest/reject';
import { Environment } from '../../mesh/environment';
import { MeshNamespace, isMeshNamespace } from '../../mesh/mesh-namespace';
import { syncOptions } from '../sync-options';
import { environmentProject, ownCluster, rootProject } from './app-project';
import { applicationSpec, comparedByServer, resourcesFinalizer } from './application';
import { checkDelivery } from './check-delivery';
import { ArgoCdCluster, ArgoCdDeliveryProps } from './delivery-props';
import { ignoreDifferences, ignoredFieldProblems } from './ignored-fields';
import { groupKindOf, isOfCluster, namespaceOf, permittedKinds } from './permitted-kinds';

/** Folder of the root Applications. */
const BOOTSTRAP = 'bootstrap';

/**
 * How Argo CD applies an environment: an AppProject, an Application for each of its systems and clusters, and a root Application that applies
 * those. Its scope is the environment, its id that of their folder. Declare it after the systems.
 *
 * The root Application is written to `bootstrap/<environment>.yaml`, which is applied once, by hand.
 */
export class ArgoCdDelivery extends Chart {
  /** What its Applications may do. */
  public readonly project: Manifest<AppProjectProps>;
  /** One a system and cluster, by name. */
  public readonly applications: Readonly<Record<string, Manifest<ApplicationProps>>>;
  /** Applies the others. */
  public readonly root: Manifest<ApplicationProps>;

  private readonly props: ArgoCdDeliveryProps;
  private readonly delivered: readonly MeshNamespace[];

  /** @throws ConfigurationError on addresses, clusters and windows that cannot be */
  constructor(scope: Environment, id: string, props: ArgoCdDeliveryProps) {
    const { namespace = 'argocd', owner, project = scope.node.id } = props;
    super(scope, uniqueId(scope, id), { namespace, disableResourceNameHashes: true });
    declareOwner(this, owner);
    checkDelivery(this, props);
    if (scope.node.id === BOOTSTRAP) reject(this, `environment must not have the name of the folder of what is applied by hand, got '${BOOTSTRAP}'; rename it`);
    this.props = props;

    this.project = new Manifest(new Construct(this, 'project'), 'Resource', kinds.AppProject, { name: project }, () => ({
      spec: environmentProject(scope.node.id, this.namespaces(), props),
    }));
    this.delivered = this.systems();
    const places = this.delivered.flatMap((system) => props.clusters.map((cluster) => ({ system, cluster })));
    this.applications = Object.fromEntries(places.map(({ system, cluster }) => {
      const application = this.application(system, cluster);
      return [application.name, application];
    }));
    this.root = this.bootstrap(namespace);
    this.node.addValidation({ validate: () => this.problems() });
  }

  private application(system: MeshNamespace, { name: cluster, server }: ArgoCdCluster): Manifest<ApplicationProps> {
    const { repository, targetRevision = 'main', clusters, ignoreDifferences: named = [] } = this.props;
    const { id: environment } = Environment.of(this).node;
    const place = [...(clusters.length > 1 ? [cluster] : []), system.node.id].join('-');
    const metadata = { name: `${this.project.name}-${place}`, annotations: comparedByServer, finalizers: [resourcesFinalizer] };
    return new Manifest(new Construct(this, place), 'Resource', kinds.Application, metadata, () => {
      const objects = objectsIn(system);
      const nested = system.node.children.some((child) => Chart.isChart(child));
      return {
        spec: applicationSpec({
          project: this.project.name,
          repository,
          targetRevision,
          path: this.folder(environment, system.node.id),
          server,
          namespace: system.name,
          syncOptions: syncOptions(objects).map(({ option }) => option),
          recurse: nested,
          ignoreDifferences: ignoreDifferences(system, named),
        }),
      };
    });
  }

  /** It has no finalizer: whoever deletes it keeps the Applications. */
  private bootstrap(namespace: string): Manifest<ApplicationProps> {
    const { id: environment, root } = Environment.of(this).node;
    const { repository, targetRevision = 'main' } = this.props;
    const all = root.node.tryFindChild(BOOTSTRAP) ?? new Chart(root as Construct, BOOTSTRAP, { namespace, disableResourceNameHashes: true });
    const component = new Construct(all as Construct, environment);
    const name = `${this.project.name}-root`;
    new Manifest(component, 'Project', kinds.AppProject, { name, namespace }, () => ({ spec: rootProject(environment, this.props, namespace) }));
    return new Manifest(component, 'Resource', kinds.Application, { name, namespace, annotations: comparedByServer }, () => ({
      spec: applicationSpec({
        project: name,
        repository,
        targetRevision,
        path: this.folder(environment, this.node.id),
        server: ownCluster,
        namespace,
        syncOptions: syncOptions([]).map(({ option }) => option),
        recurse: false,
        ignoreDifferences: [],
      }),
    }));
  }

  private folder(...parts: readonly string[]): string {
    return [this.props.path ?? '', ...parts].filter((part) => part !== '' && part !== '.').join('/');
  }

  private systems(): readonly MeshNamespace[] {
    return Environment.of(this).node.children.filter(isMeshNamespace);
  }

  /** Where objects are, and which Namespaces themselves are rendered. */
  private namespaces(): { readonly used: readonly string[]; readonly owned: readonly string[] } {
    const { formerNamespaces = [] } = this.props;
    const objects = this.systems().flatMap(objectsIn);
    const owned = objects.filter(({ kind }) => kind === 'Namespace').map(({ name }) => name);
    return { used: sorted([...objects.flatMap((object) => namespaceOf(object) ?? []), ...formerNamespaces]), owned: sorted([...owned, ...formerNamespaces]) };
  }

  /** What it would not apply: systems that came after it, and kinds that the AppProject does not permit. */
  private problems(): string[] {
    const { kinds = [], ignoreDifferences: named = [] } = this.props;
    const late = this.systems().filter((system) => !this.delivered.includes(system));
    const permitted = new Set([...permittedKinds, ...kinds].map(({ group, kind }) => `${group}/${kind}`));
    const refused = this.systems().flatMap(objectsIn).map((object) => ({ object, ...groupKindOf(object) }))
      .filter(({ group, kind }) => kind !== 'Namespace' && !permitted.has(`${group}/${kind}`));
    return [
      ...late.map(({ node }) => `a system must be declared before its delivery, got ${node.path} after it; move ${this.node.id} below`),
      ...refused.map(({ object, group, kind }) => (isOfCluster({ group, kind })
        ? `objects of the cluster are the platform's, got ${kind} ${object.name} of ${object.node.path}; apply it where the cluster is set up`
        : `kinds must have what the systems render, got ${kind} of ${object.node.path}; add { group: '${group}', kind: '${kind}' }`)),
      ...ignoredFieldProblems(this.systems(), named),
    ];
  }
}

/** Whether a construct is an `ArgoCdDelivery`; `instanceof` would not do, since cdk8s makes it answer for every chart. */
export function isArgoCdDelivery(construct: IConstruct): construct is ArgoCdDelivery {
  return Chart.isChart(construct) && 'applications' in construct;
}

function sorted(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}

function objectsIn(system: IConstruct): readonly ApiObject[] {
  return system.node.findAll().filter((each) => ApiObject.isApiObject(each));
}
