/** The teams of Addis Pay. */
export const owners = {
  /** Users, carts and what they are told, the way in, and whatever nobody else owns. */
  customers: '@addis-pay/customers',
  /** Orders, and what is paid for them. */
  payments: '@addis-pay/payments',
  /** Products, and what is found, said and recommended of them. */
  catalogue: '@addis-pay/catalogue',
};
