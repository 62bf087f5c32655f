/** Facts about error bodies, and about tokens. */
import {
  anyForm,
  anyObject,
  anyText,
  chooseFrom,
  count,
  gatewayCode,
  httpStatus,
  object,
  text,
  type Values,
} from './values.js';

const GatewayError = object({ 'error_code!': gatewayCode, 'message!': anyText, title: anyText });
/** The Catalog sends only a title and a detail. */
const Problem = object({
  'title!': text,
  type: anyText,
  status: httpStatus,
  detail: anyText,
  report: anyObject,
  error_code: anyText,
  message: anyText,
});
const ErrorList = object({ 'errors!': anyObject });

export const ERROR_SCHEMAS: Readonly<Record<string, Values>> = {
  GatewayError,
  Problem,
  ErrorList,
  Error: anyForm([GatewayError, Problem, ErrorList]),
  TokenRequest: object(
    {
      'grant_type!': chooseFrom('client_credentials'),
      'client_id!': text,
      'client_secret!': text,
      'scope!': text,
    },
    { others: 'none' },
  ),
  Token: object({
    'access_token!': text,
    'token_type!': chooseFrom('bearer'),
    'expires_in!': count,
  }),
  TokenError: object({ 'error!': anyText, error_description: anyText }),
};
