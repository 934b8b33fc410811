// The ways to install a delegate: five types in two generations, and how the files of each are read.

import { writeFile } from 'node:fs/promises';
import type { Environment } from './instance';
import type { Files } from './files';
import { environmentByDocker, environmentIn, validate } from './readers';

export type Generation = 'First generation' | 'Next generation';

export type Way = {
  /** In addresses. */
  kind: string;
  /** The words of the console for the type, also of the delegate that comes of it. */
  label: string;
  generation: Generation;
  /** What is downloaded as a whole. */
  whole: string;
  /** The files that the page shows, the one to begin with first. */
  shown: string[];
  /** Has every file read by the reader that it is meant for. */
  validate(files: Files): Promise<void>;
  /** What the delegate gets; none for the one that reads a file of its own. */
  environment?: (files: Files) => Promise<Environment>;
};

/** What comes of the unit. */
const FILLED = 'filled.service';
/** What comes of the chart. */
const RENDERED = 'rendered.yaml';

const script = (files: Files, ...names: string[]) => names.map((name) => validate('shell', files.path(name)));

const shell = {
  kind: 'shell',
  label: 'Shell Script',
  whole: 'harness-delegate.tar.gz',
  shown: [
    'config-delegate.yml',
    'config-watcher.yml',
    'start.sh',
    'stop.sh',
    'setup-proxy.sh',
    'install-service.sh',
    'harness-delegate.service',
    'README.txt',
  ],
  async validate(files: Files) {
    await Promise.all(script(files, 'start.sh', 'stop.sh', 'setup-proxy.sh', 'install-service.sh'));
    // As install-service.sh fills it in.
    const unit = await files.text('harness-delegate.service');
    const filled = unit.replaceAll('@FOLDER@', files.folder).replaceAll('@USER@', 'root');
    await writeFile(files.path(FILLED), filled);
    await validate('unit', files.path(FILLED));
  },
};

const helm = {
  kind: 'helm',
  label: 'Helm',
  whole: 'harness-delegate-helm.tar.gz',
  shown: ['harness-delegate-values.yaml', 'README.txt'],
  async validate(files: Files) {
    // Helm itself lints and renders the chart; what comes of it is read as Kubernetes reads it.
    const values = files.path('harness-delegate-values.yaml');
    await writeFile(files.path(RENDERED), await validate('helm', files.path('muster-delegate'), values));
  },
  environment: (files: Files) => environmentIn(files.path(RENDERED)),
};

export const WAYS: Way[] = [
  { ...shell, generation: 'First generation' },
  { ...shell, generation: 'Next generation' },
  {
    kind: 'docker',
    label: 'Docker',
    generation: 'First generation',
    whole: 'harness-delegate-docker.tar.gz',
    shown: ['launch-harness-delegate.sh', 'README.txt'],
    async validate(files) {
      await Promise.all(script(files, 'launch-harness-delegate.sh'));
    },
    environment: (files) => environmentByDocker(files.path('launch-harness-delegate.sh')),
  },
  {
    kind: 'docker',
    label: 'Docker',
    generation: 'Next generation',
    whole: 'docker-compose.yml',
    shown: ['docker-compose.yml', 'docker-run.sh'],
    async validate(files) {
      await validate('compose', files.path('docker-compose.yml'));
    },
    environment: (files) => environmentIn(files.path('docker-compose.yml')),
  },
  {
    kind: 'kubernetes',
    label: 'Kubernetes',
    generation: 'First generation',
    whole: 'harness-delegate-kubernetes.tar.gz',
    shown: ['harness-delegate.yaml', 'README.txt'],
    async validate(files) {
      await validate('kubernetes', files.path('harness-delegate.yaml'));
    },
    environment: (files) => environmentIn(files.path('harness-delegate.yaml')),
  },
  {
    kind: 'kubernetes',
    label: 'Kubernetes',
    generation: 'Next generation',
    whole: 'harness-delegate.yaml',
    shown: ['harness-delegate.yaml'],
    async validate(files) {
      await validate('kubernetes', files.path('harness-delegate.yaml'));
    },
    environment: (files) => environmentIn(files.path('harness-delegate.yaml')),
  },
  {
    kind: 'ecs',
    label: 'ECS Task',
    generation: 'First generation',
    whole: 'harness-delegate-ecs.tar.gz',
    shown: ['ecs-task-spec.json', 'README.txt'],
    async validate(files) {
      await validate('ecs', files.path('ecs-task-spec.json'));
    },
    environment: (files) => environmentIn(files.path('ecs-task-spec.json')),
  },
  {
    kind: 'ecs',
    label: 'ECS Task',
    generation: 'Next generation',
    whole: 'harness-delegate-ecs.tar.gz',
    shown: ['task-spec.json', 'service.json', 'README.txt'],
    async validate(files) {
      await validate('ecs', files.path('task-spec.json'));
      await validate('ecs', files.path('service.json'), '--service');
    },
    environment: (files) => environmentIn(files.path('task-spec.json')),
  },
  { ...helm, generation: 'First generation' },
  { ...helm, generation: 'Next generation' },
];
