// How are parameters given? A control for each, with its default, its help, and what is wrong with what is typed.

import type { TranslationBundle } from '@jupyterlab/translation';
import { HTMLSelect } from '@jupyterlab/ui-components';
import React, { useId } from 'react';
import type { FormField } from '../client/types';
import {
  choicesOf,
  controlOf,
  type Entries,
  type Entry,
  entryOf,
  read,
  type Reading,
  shownDefault,
  wordsOf
} from '../model/run_form';

export interface RunFieldsProps {
  readonly fields: readonly FormField[];
  readonly entries: Entries;
  readonly onChange: (entries: Entries) => void;
  /** Whether somebody has tried to go on: only then is it said what is missing. */
  readonly isTried: boolean;
  /** What the server has refused of these values, by the names of fields. */
  readonly refused: Readonly<Record<string, string>>;
  readonly trans: TranslationBundle;
}

/** The fields, in the order in which the notebook or pipeline has them. */
export function RunFields(props: RunFieldsProps): JSX.Element {
  const { fields, entries, onChange } = props;
  return (
    <div className="jp-nb2pkg-RunFields">
      {fields.map(field => (
        <RunField
          key={field.name}
          {...props}
          field={field}
          entry={entryOf(entries, field)}
          change={entry => onChange({ ...entries, [field.name]: entry })}
        />
      ))}
    </div>
  );
}

interface RunFieldProps extends RunFieldsProps {
  readonly field: FormField;
  readonly entry: Entry;
  readonly change: (entry: Entry) => void;
}

function RunField({ field, entry, change, isTried, refused, trans }: RunFieldProps): JSX.Element {
  const id = useId();
  const found = read(field, entry);
  const isToSay = found.kind === 'wrong' && (found.why !== 'missing' || isTried);
  const wrong = isToSay ? wrongText(found, trans) : refused[field.name] ?? '';
  const control = {
    id,
    'aria-describedby': `${id}-about ${id}-wrong`,
    'aria-invalid': wrong !== '',
    'aria-required': field.is_required
  };
  return (
    <>
      <label htmlFor={id} className="jp-nb2pkg-RunFieldName">
        {field.name}
        {field.is_required && <span className="jp-nb2pkg-Hint"> {trans.__('(needed)')}</span>}
      </label>
      <div className="jp-nb2pkg-RunField">
        <div className="jp-nb2pkg-Row">
          <Input field={field} entry={entry} change={change} control={control} trans={trans} />
          {wordsOf(field).map(word => (
            <label key={word} className="jp-nb2pkg-Check">
              <input
                type="checkbox"
                checked={entry.word === word}
                onChange={event => change({ ...entry, word: event.target.checked ? word : '' })}
              />
              {word === 'none' ? 'None' : trans.__('empty text')}
            </label>
          ))}
        </div>
        <div id={`${id}-about`} className="jp-nb2pkg-RunFieldAbout">
          <code>{field.type}</code> {field.about}
        </div>
        <div id={`${id}-wrong`} className="jp-nb2pkg-RunFieldWrong" aria-live="polite">
          {wrong}
        </div>
      </div>
    </>
  );
}

interface InputProps {
  readonly field: FormField;
  readonly entry: Entry;
  readonly change: (entry: Entry) => void;
  readonly control: Record<string, string | boolean>;
  readonly trans: TranslationBundle;
}

function Input({ field, entry, change, control, trans }: InputProps): JSX.Element {
  const kind = controlOf(field);
  const type = (text: string): void => change({ text, word: '' });
  const shown = shownDefault(field);
  if (kind === 'check') {
    return (
      <input
        {...control}
        type="checkbox"
        checked={entry.text === 'true'}
        onChange={event => type(String(event.target.checked))}
      />
    );
  }
  if (kind === 'choice') {
    return (
      <HTMLSelect
        {...control}
        className="jp-nb2pkg-RunSelect"
        value={entry.text}
        disabled={entry.word !== ''}
        onChange={event => type(event.target.value)}
      >
        <option value="">
          {shown !== '' ? trans.__('%1 (default)', shown) : field.is_required ? trans.__('choose…') : trans.__('default')}
        </option>
        {choicesOf(field).map((value, at) => (
          <option key={at} value={at}>
            {typeof value === 'string' ? value : value === null ? 'None' : JSON.stringify(value)}
          </option>
        ))}
      </HTMLSelect>
    );
  }
  return (
    <input
      {...control}
      type={field.is_secret ? 'password' : 'text'}
      className="jp-mod-styled jp-nb2pkg-Input"
      value={entry.word === '' ? entry.text : ''}
      disabled={entry.word !== ''}
      placeholder={field.is_secret ? (field.is_required ? '' : trans.__('as in the file')) : shown}
      inputMode={kind === 'integer' ? 'numeric' : kind === 'number' ? 'decimal' : undefined}
      spellCheck={false}
      // What is secret is nothing for a browser to keep.
      autoComplete={field.is_secret ? 'new-password' : 'off'}
      onChange={event => type(event.target.value)}
    />
  );
}

/** What is wrong, as somebody reads it. */
function wrongText(found: Extract<Reading, { kind: 'wrong' }>, trans: TranslationBundle): string {
  switch (found.why) {
    case 'missing':
      return trans.__('This has no default: give a value.');
    case 'not-of-type':
      return trans.__('This is no %1.', found.type);
    case 'no-date':
      return trans.__('This is no date, such as 2024-03-01.');
    case 'no-moment':
      return trans.__('This is no date and time, such as 2024-03-01T12:00:00.');
    case 'no-json':
      return trans.__('Write it as JSON, texts in double quotes: ["a", "b"], {"a": 1}, "a", null.');
    case 'too-large':
      return trans.__('A number this large cannot be sent from a page: use nb2pkg run.');
    case 'not-exact':
      return trans.__('A page cannot tell 4.0 from 4: use nb2pkg run.');
  }
}
