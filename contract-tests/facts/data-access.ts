/** Facts about the lists of files, the rejected rows and the failed files of Data Access. */
import {
  anyForm,
  anyObject,
  anyText,
  count,
  digits,
  digitsOrCount,
  extend,
  flag,
  httpStatus,
  list,
  map,
  object,
  text,
  type Values,
} from './values.js';

const Link = object({ 'href!': text });
const SelfLink = object({ 'self!': Link });
const Page = object({ 'limit!': count, 'count!': count });
const PageLinks = object({ next: Link, page: object({ 'href!': text, templated: flag }) });
const FileEntry = object({ 'name!': text, 'length!': digitsOrCount, '_links!': SelfLink });
const FilePage = object({ 'data!': list(FileEntry), '_page!': Page, _links: PageLinks });
const DataSetFileEntry = object({
  'dataSetFileId!': text,
  '_links!': SelfLink,
  dataSetViewId: anyText,
  version: anyText,
  created: anyText,
  updated: anyText,
  records: digits,
  size: digits,
  isValid: flag,
});
const DataSetFilePage = object({
  'data!': list(DataSetFileEntry),
  '_page!': Page,
  _links: PageLinks,
});
const OlderFileParts = list(FileEntry);

const RowErrorReason = object({ 'code!': anyText, 'message!': anyText, column: anyText });
const RowError = object({
  '_errors!': list(RowErrorReason),
  _corrupt_record: anyText,
  _filename: anyText,
});
/** An error body may hold a path, too. */
const InputFileRow = extend(object({ 'path!': text }), {
  accept: [{ path: 'a', error_codes: 1, titles: 1 }],
  refuse: [
    { path: 'a', error_code: '400003' },
    { path: 'a', title: 'Not found' },
    { path: 'a', error_code: '404000', title: 'Not found' },
  ],
});
const ValidationError = object({
  'message!': anyText,
  keyword: anyText,
  pointerToViolation: anyText,
  schemaLocation: anyText,
  causingExceptions: list(anyObject),
});
const InvalidRow = object({ '_validationErrors!': list(ValidationError) });
const UncheckedRowReason = object({ 'message!': anyText });
const UncheckedRow = object({ '_errors!': map(list(UncheckedRowReason), { min: 1 }) });
const RejectedMessage = object({
  'type!': anyText,
  'status!': httpStatus,
  'title!': anyText,
  'report!': object({ 'message!': anyText }),
});

/** The older form of a list without entries. */
const isEmptyList = (value: unknown): boolean => Array.isArray(value) && value.length === 0;
/** What is wrong in a list of reasons may be right where the reasons are grouped, and the reverse. */
const hasOtherReasons = (value: unknown, forms: readonly Values[]): boolean =>
  forms.some(({ accept }) => accept.some((one) => JSON.stringify(one) === JSON.stringify(value)));

const failedRowForms = [RowError, InvalidRow, UncheckedRow, RejectedMessage];
const FailedRow = anyForm(failedRowForms, (value) => hasOtherReasons(value, failedRowForms));

export const DATA_ACCESS_SCHEMAS: Readonly<Record<string, Values>> = {
  Link,
  SelfLink,
  Page,
  PageLinks,
  FileEntry,
  FilePage,
  DataSetFileEntry,
  DataSetFilePage,
  OlderFileParts,
  FileParts: anyForm([FilePage, DataSetFilePage, OlderFileParts], isEmptyList),
  RowErrorReason,
  RowError,
  InputFileRow,
  ValidationError,
  InvalidRow,
  UncheckedRowReason,
  UncheckedRow,
  RejectedMessage,
  FailedRow,
  DiagnosticContent: anyForm([FilePage, RowError, InputFileRow]),
  FailedContent: anyForm([FilePage, ...failedRowForms], (value) =>
    hasOtherReasons(value, failedRowForms),
  ),
};
