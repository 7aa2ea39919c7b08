// How is the step of a cell shown, and how is it named?

import React, { useEffect, useRef, useState } from 'react';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CellFlow } from '../model/flows';
import { asName, type Step, type StepProblem } from '../model/steps';

/** What a label shows. */
export interface StepLabelState {
  readonly step: Step | null;
  readonly colour: number;
  readonly flow: CellFlow | null;
  /** The name of a step that is proposed, and neither accepted nor declined. */
  readonly suggested: string | null;
  /** Whether it is to take the focus. */
  readonly isCalled: boolean;
  /** Only the label of the active cell is reached with Tab. */
  readonly isActive: boolean;
  readonly isEditing: boolean;
  /** How many cells the name is for. */
  readonly cells: number;
}

/** What a label tells of what somebody does with it. */
export interface StepLabelEvents {
  readonly onEdit: () => void;
  /** '' clears the step. */
  readonly onName: (name: string) => void;
  readonly onLeave: () => void;
  /** What is suggested is taken, or not; byKeyboard: who does so goes on to the next. */
  readonly onSettle: (isAccepted: boolean, byKeyboard: boolean) => void;
}

export type StepLabelProps = StepLabelState & StepLabelEvents & { readonly trans: TranslationBundle };

/** One line above the code of a cell: the step's name, which is a button, and what flows in and out. */
export function StepLabel(props: StepLabelProps): JSX.Element {
  const { isEditing } = props;
  const isSuggested = props.suggested !== null && props.step === null;
  const button = useRef<HTMLButtonElement>(null);
  const wasEditing = useRef(false);
  useEffect(() => {
    // Whoever came by keyboard goes on from here. Who has clicked elsewhere is there already.
    if (wasEditing.current && !isEditing && document.activeElement === document.body) {
      button.current?.focus();
    }
    wasEditing.current = isEditing;
  }, [isEditing]);
  useEffect(() => {
    if (props.isCalled) {
      button.current?.focus();
    }
  }, [props.isCalled, isSuggested]);
  return (
    <>
      {isEditing ? (
        <NameInput {...props} />
      ) : isSuggested ? (
        <Suggestion {...props} name={props.suggested ?? ''} focus={button} />
      ) : (
        <NameButton {...props} focus={button} />
      )}
      {props.flow !== null && !isEditing && <Flow flow={props.flow} trans={props.trans} />}
    </>
  );
}

function NameButton(props: StepLabelProps & { focus: React.Ref<HTMLButtonElement> }): JSX.Element {
  const { step, colour, trans } = props;
  const kind = step === null ? 'None' : step.problem === null ? `Colour${colour}` : 'Problem';
  const about = step?.problem ? problemText(step.problem, trans) : aboutName(step, trans);
  return (
    <button
      type="button"
      ref={props.focus}
      className={`jp-nb2pkg-StepName jp-nb2pkg-Step${kind}`}
      tabIndex={props.isActive ? 0 : -1}
      title={about}
      aria-label={step === null ? trans.__('Add a step') : trans.__('Step %1. %2', step.name, about)}
      onClick={props.onEdit}
    >
      {step === null ? trans.__('+ step') : step.name || 'step:'}
      {step?.problem && (
        <span className="jp-nb2pkg-StepMark" aria-hidden>
          !
        </span>
      )}
    </button>
  );
}

/** A step that could be: a click or Enter accepts it; the cross or Delete declines it. */
function Suggestion(props: StepLabelProps & { name: string; focus: React.Ref<HTMLButtonElement> }): JSX.Element {
  const { name, colour, trans, onSettle } = props;
  const press = (event: React.KeyboardEvent): void => {
    if (event.key === 'Delete' || event.key === 'Backspace') {
      event.preventDefault();
      event.stopPropagation();
      onSettle(false, true);
    }
  };
  return (
    <span className="jp-nb2pkg-StepSuggestion" onKeyDown={press}>
      <button
        type="button"
        ref={props.focus}
        className={`jp-nb2pkg-StepName jp-nb2pkg-StepSuggested jp-nb2pkg-StepColour${colour}`}
        tabIndex={props.isActive ? 0 : -1}
        title={trans.__('Suggested. Click or Enter accepts, Delete declines')}
        aria-label={trans.__('Suggested step %1. Enter accepts, Delete declines', name)}
        onClick={event => onSettle(true, event.detail === 0)}
      >
        {name}
        <span aria-hidden>?</span>
      </button>
      <button
        type="button"
        className="jp-nb2pkg-StepDecline"
        tabIndex={-1}
        title={trans.__('Decline')}
        aria-label={trans.__('Decline the step %1', name)}
        onClick={() => onSettle(false, false)}
      >
        ×
      </button>
    </span>
  );
}

function NameInput({ step, suggested, cells, trans, onName, onLeave }: StepLabelProps): JSX.Element {
  const old = step?.name ?? '';
  const [typed, setTyped] = useState(old || (suggested ?? ''));
  const input = useRef<HTMLInputElement>(null);
  const isOver = useRef(false);
  useEffect(() => {
    input.current?.focus();
    input.current?.select();
  }, []);

  const name = typed.trim() === old ? old : asName(typed);
  const isRefused = typed.trim() !== '' && asName(typed) === '';
  const finish = (done: () => void): void => {
    // Taking the focus away from the field is the end of it too, but only the first end counts.
    if (!isOver.current) {
      isOver.current = true;
      done();
    }
  };
  const press = (event: React.KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) {
      return;
    }
    if (event.key === 'Enter' && !isRefused) {
      // Where something is wrong with the tags, the same name puts them right.
      const isSame = name === old && !step?.problem;
      finish(isSame ? onLeave : () => onName(name));
    } else if (event.key === 'Escape') {
      finish(onLeave);
    } else if (event.key !== 'Enter') {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  const leave = (): void => {
    // Another window has the focus now; the field keeps it in this one.
    if (document.activeElement !== input.current) {
      const isUntouched = name === old || (step === null && typed === suggested);
      finish(isRefused || isUntouched ? onLeave : () => onName(name));
    }
  };
  return (
    // Keys are for the field here, and none of them a command of the notebook.
    <span className="jp-nb2pkg-StepEditor" data-lm-suppress-shortcuts="true">
      <input
        ref={input}
        className="jp-nb2pkg-StepInput"
        value={typed}
        size={Math.max(12, Math.min(40, typed.length + 1))}
        spellCheck={false}
        autoComplete="off"
        placeholder={trans.__('name of the step')}
        aria-label={trans.__('Name of the step')}
        aria-invalid={isRefused}
        onChange={event => setTyped(event.target.value)}
        onKeyDown={press}
        onBlur={leave}
      />
      <span
        className={isRefused ? 'jp-nb2pkg-StepRefused' : 'jp-nb2pkg-StepHint'}
        role={isRefused ? 'alert' : 'status'}
      >
        {isRefused ? problemText('no-letters', trans) : hint(typed.trim(), name, step, cells, trans)}
      </span>
    </span>
  );
}

function Flow({ flow, trans }: { flow: CellFlow; trans: TranslationBundle }): JSX.Element {
  const takes = flow.takes.length > 0 ? [trans.__('takes %1', flow.takes.join(', '))] : [];
  const gives = flow.gives.length > 0 ? [trans.__('gives %1', flow.gives.join(', '))] : [];
  const text = [...takes, ...gives].join(' · ');
  return (
    <span className="jp-nb2pkg-StepFlow" title={text}>
      {text}
    </span>
  );
}

/** What Enter will do, where that is not plain. */
function hint(
  typed: string,
  name: string,
  step: Step | null,
  cells: number,
  trans: TranslationBundle
): string {
  if (typed === '') {
    return step === null ? '' : trans.__('Enter clears the step');
  }
  const many = cells > 1 ? trans.__('for %1 cells', cells) : '';
  const other = name === typed ? '' : trans.__('will be %1', name);
  const only = step?.problem === 'several' && name === step.name ? trans.__('Enter keeps this one') : '';
  return [other, only, many].filter(part => part !== '').join(' ');
}

function aboutName(step: Step | null, trans: TranslationBundle): string {
  if (step === null) {
    return trans.__('Say which step this cell belongs to');
  }
  return asName(step.name) === step.name
    ? trans.__('Click to rename or clear')
    : trans.__('The function will have another name: this one is none in Python. Click to rename');
}

function problemText(problem: StepProblem, trans: TranslationBundle): string {
  switch (problem) {
    case 'no-name':
      return trans.__('This tag has no name. Click to give it one');
    case 'no-letters':
      return trans.__('A name needs a letter from a to z');
    case 'several':
      return trans.__('The cell has several step: tags; this one counts. Click to keep one');
  }
}
