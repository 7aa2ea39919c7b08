// How is a schedule asked for? A form that shows, while one types, when it would run next.

import type { TranslationBundle } from '@jupyterlab/translation';
import { HTMLSelect } from '@jupyterlab/ui-components';
import React, { useEffect, useId, useState } from 'react';
import type { Problem, ScheduleAddAnswer, ScheduleAddRequest } from '../client/types';
import { type Entries, fieldAtFault, usualOutput, valuesOf } from '../model/run_form';
import {
  MOST_RETRIES,
  messageOf,
  retriesOf,
  scheduleFieldAtFault,
  scheduleRequest,
  type ScheduleValues
} from '../model/schedule_form';
import { type Asked, ask } from './asking_dialog';
import { Refusal, type RunWorld, type Tried, Unsaved, useRunForm } from './run_dialog';
import { RunFields } from './run_fields';
import { SchedulePreview, usePreview, type PreviewWorld } from './schedule_preview';

export interface ScheduleDialogOptions extends RunWorld, PreviewWorld {
  readonly title: string;
  /** The zone of the browser. */
  readonly timezone: string;
  readonly timezones: readonly string[];
  readonly add: (request: ScheduleAddRequest) => Promise<Tried<ScheduleAddAnswer>>;
  readonly trans: TranslationBundle;
}

/** Show the dialog, and give the schedule that is kept now; null where it was called off. */
export function askToSchedule(options: ScheduleDialogOptions): Promise<ScheduleAddAnswer | null> {
  const { title, trans } = options;
  return ask<ScheduleAddAnswer>({
    title,
    accept: trans.__('Schedule'),
    trans,
    form: asked => <ScheduleForm {...options} {...asked} />
  });
}

function ScheduleForm(props: ScheduleDialogOptions & Asked<ScheduleAddAnswer>): JSX.Element {
  const { add, onReady, timezone, timezones, trans } = props;
  const id = useId();
  const { answer, problem, again } = useRunForm(props);
  const [values, setValues] = useState<ScheduleValues>({
    name: '',
    cron: '',
    timezone,
    overlap: 'skip',
    catchUp: 'latest',
    retries: '',
    output: ''
  });
  const [entries, setEntries] = useState<Entries>({});
  const [refusal, setRefusal] = useState<Problem | null>(null);
  const [isTried, setTried] = useState(false);
  const [replaces, setReplaces] = useState(false);
  const preview = usePreview(props, values.cron, values.timezone);
  // A schedule is kept in a file, where a secret has no place.
  const fields = answer?.fields.filter(field => !field.is_secret) ?? [];
  const secrets = answer?.fields.filter(field => field.is_secret) ?? [];
  useEffect(() => {
    if (answer !== null) {
      setValues(old => ({ ...old, output: usualOutput(answer.path, answer.is_notebook) }));
    }
  }, [answer?.path]);
  useEffect(() => {
    const isRight = answer !== null && preview.answer !== null && retriesOf(values.retries) !== null;
    onReady(
      !isRight
        ? null
        : async () => {
            setTried(true);
            const request = scheduleRequest(answer.path, values, valuesOf(fields, entries), replaces);
            if (request === null) {
              return null;
            }
            const { found, problem } = await add(request);
            setRefusal(problem);
            return found;
          }
    );
  }, [answer, values, entries, replaces, preview.answer]);
  const change = (more: Partial<ScheduleValues>): void => {
    setValues({ ...values, ...more });
    setRefusal(null);
    setReplaces(false);
  };
  const at = refusal === null ? null : scheduleFieldAtFault(refusal);
  const parameter = refusal === null || answer === null ? null : fieldAtFault(refusal, answer.fields);
  const wrongZone = preview.problem?.code === 'NB307' ? preview.problem : at === 'timezone' ? refusal : null;
  const text = (name: 'name' | 'timezone' | 'retries' | 'output', more: object = {}): JSX.Element => (
    <input
      id={`${id}-${name}`}
      className="jp-mod-styled jp-nb2pkg-Input"
      value={values[name]}
      spellCheck={false}
      autoComplete="off"
      aria-describedby={`${id}-${name}-about`}
      onChange={event => change({ [name]: event.target.value })}
      {...more}
    />
  );
  return (
    <>
      <Unsaved {...props} again={again} />
      <div className="jp-nb2pkg-RunFields">
        <label htmlFor={`${id}-cron`}>{trans.__('When')}</label>
        <div className="jp-nb2pkg-RunField">
          <input
            id={`${id}-cron`}
            className="jp-mod-styled jp-nb2pkg-Input"
            value={values.cron}
            placeholder="weekdays at 07:30"
            spellCheck={false}
            autoComplete="off"
            aria-describedby={`${id}-cron-about`}
            aria-invalid={preview.problem?.code === 'NB306'}
            onChange={event => change({ cron: event.target.value })}
          />
          <div id={`${id}-cron-about`}>
            <SchedulePreview {...preview} cron={values.cron} timezone={values.timezone} trans={trans} />
          </div>
        </div>
        <label htmlFor={`${id}-timezone`}>{trans.__('Time zone')}</label>
        <div className="jp-nb2pkg-RunField">
          {text('timezone', { list: `${id}-timezones`, 'aria-invalid': wrongZone !== null })}
          <datalist id={`${id}-timezones`}>
            {timezones.map(zone => (
              <option key={zone} value={zone} />
            ))}
          </datalist>
          <div id={`${id}-timezone-about`} className="jp-nb2pkg-RunFieldWrong" aria-live="polite">
            {wrongZone !== null && [messageOf(wrongZone), wrongZone.hint].filter(Boolean).join('; ')}
          </div>
        </div>
        <label htmlFor={`${id}-name`}>{trans.__('Name')}</label>
        <div className="jp-nb2pkg-RunField">
          {text('name', { placeholder: answer?.name ?? '', 'aria-invalid': at === 'name' })}
          <div id={`${id}-name-about`} className="jp-nb2pkg-RunFieldWrong" aria-live="polite">
            {at === 'name' && refusal !== null && refusal.message}
          </div>
          {refusal?.code === 'NB313' && (
            <label className="jp-nb2pkg-Check">
              <input type="checkbox" checked={replaces} onChange={event => setReplaces(event.target.checked)} />
              {trans.__('Change the schedule of that name')}
            </label>
          )}
        </div>
      </div>
      {answer !== null && (
        <>
          <RunFields
            fields={fields}
            entries={entries}
            onChange={next => {
              setEntries(next);
              setRefusal(null);
            }}
            isTried={isTried}
            refused={parameter === null || refusal === null ? {} : { [parameter]: refusal.message }}
            trans={trans}
          />
          {secrets.map(({ name }) => (
            <p key={name} className="jp-nb2pkg-Hint">
              {trans.__(
                '%1 is secret, and not kept with a schedule: set %2 where the daemon runs.',
                name,
                `NB2PKG_PARAM_${name.toUpperCase()}`
              )}
            </p>
          ))}
        </>
      )}
      <details>
        <summary>{trans.__('More')}</summary>
        <div className="jp-nb2pkg-RunFields">
          <label htmlFor={`${id}-overlap`}>{trans.__('If the run before has not ended')}</label>
          <Choice
            id={`${id}-overlap`}
            value={values.overlap}
            onChange={overlap => change({ overlap })}
            options={[
              ['skip', trans.__('leave this one out')],
              ['queue', trans.__('wait for it')],
              ['allow', trans.__('run both')],
              ['cancel-old', trans.__('cancel the one before')]
            ]}
          />
          <label htmlFor={`${id}-catch-up`}>{trans.__('After the machine was off')}</label>
          <Choice
            id={`${id}-catch-up`}
            value={values.catchUp}
            onChange={catchUp => change({ catchUp })}
            options={[
              ['latest', trans.__('run once for what was missed')],
              ['all', trans.__('run all that was missed')],
              ['none', trans.__('run nothing that was missed')]
            ]}
          />
          <label htmlFor={`${id}-retries`}>{trans.__('Tries again after a failure')}</label>
          <div className="jp-nb2pkg-RunField">
            {text('retries', { placeholder: '0', inputMode: 'numeric', 'aria-invalid': retriesOf(values.retries) === null })}
            <div id={`${id}-retries-about`} className="jp-nb2pkg-RunFieldWrong" aria-live="polite">
              {retriesOf(values.retries) === null && trans.__('A whole number from 0 to %1.', MOST_RETRIES)}
            </div>
          </div>
          <label htmlFor={`${id}-output`}>{trans.__('Executed notebooks')}</label>
          <div className="jp-nb2pkg-RunField">
            {text('output')}
            <div id={`${id}-output-about`} className="jp-nb2pkg-RunFieldAbout">
              {trans.__('{run} is the id of the run. Leave it empty to keep none.')}
            </div>
          </div>
        </div>
      </details>
      <Refusal problem={problem ?? (at === null && parameter === null ? refusal : null)} />
    </>
  );
}

interface ChoiceProps<T extends string> {
  readonly id: string;
  readonly value: T;
  readonly options: readonly (readonly [value: T, label: string])[];
  readonly onChange: (value: T) => void;
}

function Choice<T extends string>({ id, value, options, onChange }: ChoiceProps<T>): JSX.Element {
  return (
    <HTMLSelect
      id={id}
      className="jp-nb2pkg-RunSelect"
      value={value}
      onChange={event => onChange(event.target.value as T)}
    >
      {options.map(([one, label]) => (
        <option key={one} value={one}>
          {label}
        </option>
      ))}
    </HTMLSelect>
  );
}
