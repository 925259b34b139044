/**
 * @jest-environment jsdom
 */
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { SearchField } from './search-field.js';

describe('SearchField', () => {
  const said: string[] = [];
  const field = (text: string, elsewhere: string | null = null) => (
    <SearchField
      text={text}
      wanted={false}
      elsewhere={elsewhere}
      onSearch={(words) => said.push(`search ${words}`)}
      onCommit={(words) => said.push(`commit ${words}`)}
    />
  );
  const type = (value: string) => fireEvent.change(screen.getByRole('searchbox'), { target: { value } });
  const value = () => screen.getByRole<HTMLInputElement>('searchbox').value;
  const wait = () => act(() => jest.advanceTimersByTime(200));

  beforeEach(() => {
    said.length = 0;
    jest.useFakeTimers();
  });

  afterEach(() => {
    cleanup();
    jest.useRealTimers();
  });

  it('asks once after a pause, not for every letter', () => {
    render(field(''));
    type('s');
    type('si');
    type('sin ');
    expect(said).toEqual([]);
    wait();
    expect(said).toEqual(['search sin']);
  });

  it('asks at once on Enter, and not a second time', () => {
    render(field(''));
    type('sintel');
    fireEvent.submit(screen.getByRole('searchbox'));
    wait();
    expect(said).toEqual(['commit sintel']);
  });

  it('does not pull back whoever has picked a film while the pause still ran', () => {
    const { rerender } = render(field('', '/'));
    type('sintel');
    rerender(field('', '/movies/1'));
    wait();
    expect(said).toEqual([]);
  });

  it('keeps what was typed while the address caught up with an earlier state of it', () => {
    const { rerender } = render(field(''));
    type('si');
    wait();
    type('sin');
    rerender(field('si'));
    expect(value()).toBe('sin');
  });

  it('follows the address when somebody else changed it', () => {
    const { rerender } = render(field('sintel'));
    rerender(field('spring'));
    expect(value()).toBe('spring');
  });
});
